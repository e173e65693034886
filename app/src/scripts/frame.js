// In a page of the shop that another site frames: the ways to sign in and to the checkout, none of which may be framed.
(() => {
  'use strict';
  const note = document.getElementById('frame-note');
  // The operator wants the frame kept: a window of its own signs in.
  const keeps = note.hasAttribute('data-keeps');
  const own = location.origin;
  let lastForm = null;
  let child = null;

  // Whatever script of this page asks says that it comes from a frame: the server then goes by the frame's session (X7).
  const plainFetch = window.fetch;
  window.fetch = (input, options) => {
    const request = new Request(input, options);
    if (new URL(request.url).origin === own) request.headers.set('x-vitrina-frame', '1');
    return plainFetch.call(window, request);
  };

  async function post(path, fields) {
    try {
      const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'application/json', 'x-shop-script': '1' } });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  // One of the note's texts, with its ways on; an address, where one is to be opened elsewhere.
  function show(state, address) {
    for (const part of note.querySelectorAll('[data-when]')) {
      part.hidden = !part.dataset.when.split(' ').includes(state);
    }
    if (address) {
      note.querySelector('a').href = address;
      note.querySelector('code').textContent = address;
    }
    note.hidden = false;
  }

  // Whether the sandbox lets this frame lead the window around it elsewhere: asking for that window leads nowhere by itself.
  function mayLeave() {
    try {
      return window.open('', '_top') !== null;
    } catch {
      return false;
    }
  }

  // A sandbox without an origin keeps no cookie and may send no form: nothing can begin here.
  const isNowhere = () => self.origin === 'null';

  function addressAfter(form) {
    return new URL(form.elements.namedItem('return').value, own).href;
  }

  function fill(form, name, value) {
    let field = form.elements.namedItem(name);
    if (!field) {
      field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      form.append(field);
    }
    field.value = value;
  }

  // X2: the window around the frame signs in. A guest's cart comes along, also what was added since the page was made.
  async function leave(form) {
    const answer = await post('/sign-in/bring', {});
    if (answer?.bring) fill(form, 'bring', answer.bring);
    form.submit();
    // Where leaving was silently forbidden this page is still here, with another way.
    setTimeout(() => show('stuck', addressAfter(form)), 3000);
  }

  // X3: a window of its own signs in and hands the session over. It is opened at once, while the click still allows it.
  async function signInBeside(form) {
    const name = `vitrina-${crypto.randomUUID()}`;
    const opened = window.open('', name, 'popup,width=480,height=720');
    if (!opened) return show('blocked', addressAfter(form));
    child?.close();
    child = opened;
    show('waiting');
    const begun = await post('/sign-in/hand-over', {});
    if (child !== opened) return;
    if (!begun) {
      opened.close();
      return show('failed', addressAfter(form));
    }
    const sent = document.createElement('form');
    sent.method = 'post';
    sent.action = '/sign-in';
    sent.target = name;
    fill(sent, 'return', form.elements.namedItem('return').value);
    fill(sent, 'hand_over', begun.id);
    document.body.append(sent);
    sent.submit();
    sent.remove();
    listen(opened, begun.id, form);
  }

  function listen(opened, id, form) {
    const end = () => {
      clearInterval(look);
      removeEventListener('message', heard);
    };
    // Also where a policy on the way has cut the window off: it then offers to go on by itself (X5).
    const look = setInterval(() => {
      if (child !== opened) return end();
      if (!opened.closed) return;
      end();
      show('closed', addressAfter(form));
    }, 400);
    // X3: from our own origin, and from the window that was opened here; whatever others say is not read.
    async function heard(event) {
      if (event.origin !== own || event.source !== opened) return;
      const ticket = event.data?.ticket;
      if (typeof ticket !== 'string') return;
      end();
      const taken = await post('/sign-in/take', { id, ticket });
      if (!taken) return show('failed', addressAfter(form));
      opened.postMessage({ taken: true }, own);
      location.assign(taken.to);
    }
    addEventListener('message', heard);
  }

  function signIn(form) {
    lastForm = form;
    if (isNowhere()) show('blocked', addressAfter(form));
    else if (keeps || !mayLeave()) signInBeside(form);
    else leave(form);
  }

  addEventListener('submit', (event) => {
    const form = event.target;
    if (form.getAttribute('action') !== '/sign-in') return;
    event.preventDefault();
    signIn(form);
  });

  addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const doing = target?.closest('[data-do]')?.dataset.do;
    if (doing === 'again' && lastForm) signIn(lastForm);
    if (doing === 'beside' && lastForm) signInBeside(lastForm);
    if (doing === 'front') child?.focus();
    // A way to what may not be framed; where the sandbox forbids the usual one, in a tab of its own.
    const link = target?.closest('a[data-leaves]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target === '_top' && !isNowhere() && mayLeave()) return;
    event.preventDefault();
    const tab = window.open(link.href, '_blank');
    if (!tab) return show('blocked', link.href);
    tab.opener = null;
    // A sandbox that the tab inherits keeps it empty, and nobody can tell from here.
    show('opened', link.href);
  });
})();
