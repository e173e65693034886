// In the window in which somebody has signed in for a frame: tells the frame the ticket, and closes.
(() => {
  'use strict';
  const form = document.getElementById('go-on');
  const ticket = form?.elements.namedItem('ticket').value;
  const opener = window.opener;
  // X5: nobody to tell. What the page offers without script stands.
  if (!ticket || !opener) return;
  const own = location.origin;
  const [closing, wayOn, onlyClose] = ['closing', 'way-on', 'only-close'].map((id) => document.getElementById(id));
  wayOn.hidden = true;
  closing.hidden = false;
  addEventListener('message', (event) => {
    if (event.origin === own && event.source === opener && event.data?.taken === true) window.close();
  });
  // X3: only a page of our own origin can read it, whoever has opened this window.
  opener.postMessage({ ticket }, own);
  // A frame that was led elsewhere meanwhile does not answer.
  setTimeout(() => {
    closing.hidden = true;
    (isSandboxed() ? onlyClose : wayOn).hidden = false;
  }, 4000);

  // A window that has inherited its frame's sandbox may show no page with an opener policy, as all others of the shop are. Nothing
  // says so but this: in a sandbox the setter refuses, elsewhere it changes nothing.
  function isSandboxed() {
    try {
      document.domain = document.domain;
      return false;
    } catch {
      return true;
    }
  }
})();
