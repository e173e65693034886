// The shop in a frame of another site, whose page may be hostile (X1–X8, test 23 of the forty).

import { AxeBuilder } from '@axe-core/playwright';
import type { FrameLocator, Page } from '@playwright/test';
import { type ShopOptions, expect, test as base } from '../support/fixtures.ts';
import { LEAST, Parent } from '../support/parent.ts';
import { people } from '../support/people.ts';
import { Shop } from '../support/shop.ts';
import { Shopper } from '../support/shopper.ts';

/** Windows may be opened, and are as free as others. */
const WINDOWS = `${LEAST} allow-popups allow-popups-to-escape-sandbox`;
const PRODUCT = '/product/KM-RIN-CR';
const NAME = /Harbour/;

interface Around {
  parent: Parent;
  /** May be framed by the parent; who signs in leaves the frame. */
  framed: Shop;
  /** The same; who signs in keeps it. */
  keeping: Shop;
}

const test = base.extend<ShopOptions & { inFrame: InFrame }, Around>({
  parent: [
    async ({}, use) => {
      const parent = await Parent.start();
      await use(parent);
      await parent.stop();
    },
    { scope: 'worker' },
  ],
  framed: [
    async ({ parent }, use) => {
      const shop = await Shop.start({ VITRINA_FRAME_PARENTS: parent.origin });
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  keeping: [
    async ({ parent }, use) => {
      const shop = await Shop.start({ VITRINA_FRAME_PARENTS: parent.origin, VITRINA_FRAME_SIGN_IN: 'popup' });
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker', timeout: 150_000 },
  ],
  inFrame: async ({ page, parent, framed, shopper }, use) => {
    await use(new InFrame(page, parent, framed, shopper));
  },
});

/** A visitor of the parent's page. */
class InFrame {
  constructor(
    readonly page: Page,
    readonly parent: Parent,
    readonly shop: Shop,
    readonly shopper: Shopper,
  ) {}

  get words() {
    return this.shopper.words;
  }

  address(path: string, shop = this.shop): string {
    return `${shop.origin}/${this.shopper.language}${path}`;
  }

  /** Opens the parent's page with this page of the shop in a frame. */
  async open(path: string, sandbox?: string, shop = this.shop): Promise<FrameLocator> {
    await this.page.goto(this.parent.page({ name: 'shop', address: this.address(path, shop), sandbox }));
    return this.frame('shop');
  }

  frame(name: string): FrameLocator {
    return this.page.frameLocator(`iframe[name=${name}]`);
  }

  signInButton(frame: FrameLocator) {
    return frame.getByRole('banner').getByRole('button', { name: this.words.signIn });
  }

  /** The menu of the person whom the page knows. */
  person(where: FrameLocator | Page) {
    return where.getByRole('banner').getByRole('group').filter({ hasText: NAME });
  }

  /** The window that opens when the button is pressed. */
  async window(press: () => Promise<void>): Promise<Page> {
    const [window] = await Promise.all([this.page.waitForEvent('popup'), press()]);
    await window.waitForURL(`${this.shop.instance}/**`);
    return window;
  }

  /** Signs in in a window, up to the instance's answer. */
  async identify(window: Page): Promise<void> {
    await window.getByLabel(/^(Login|Потребител)$/).fill(people.buyer.login);
    await window.getByLabel(/^(Password|Парола)$/).fill(people.buyer.password);
    await window.getByRole('button', { name: /^(Sign in|Вход)$/ }).click();
  }

  /** The same, and the window closes by itself. */
  async identifyAndClose(window: Page): Promise<void> {
    const closed = window.waitForEvent('close');
    await this.identify(window);
    await closed;
  }
}

/** The browser shows nothing of the page in this frame. */
async function showsNothing(page: Page, name: string): Promise<void> {
  await expect.poll(() => page.frame({ name })?.url(), { message: name }).toMatch(/^chrome-error:/);
}

test('x1 a shop that names no parents is not framed', async ({ page, parent, shop, shopper }) => {
  await page.goto(parent.page({ name: 'shop', address: `${shop.origin}/${shopper.language}` }));
  await showsNothing(page, 'shop');
});

test('x1 signing in, the checkout and the window refuse to be framed, whatever the parent does', async ({ inFrame, page }) => {
  const paths: [string, string][] = [
    ['checkout', inFrame.address('/checkout')],
    ['placing', inFrame.address('/order/b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90')],
    ['finish', `${inFrame.shop.origin}/sign-in/finish/nothing`],
    ['callback', `${inFrame.shop.origin}/signin-callback`],
  ];
  const frames = paths.flatMap(([name, address]) => [
    { name, address },
    { name: `${name}-sandboxed`, address, sandbox: `${LEAST} allow-popups` },
  ]);
  await page.goto(inFrame.parent.page(...frames));
  for (const { name } of frames) await showsNothing(page, name);
});

test('x2 signing in leads out of the frame, to the page that was framed, with the cart', async ({ inFrame, page }) => {
  const frame = await inFrame.open(PRODUCT);
  await frame.getByRole('main').getByRole('button', { name: inFrame.words.addToCart, exact: true }).click();
  await expect(frame.getByRole('main').or(frame.getByRole('status')).getByText(inFrame.words.added).first()).toBeVisible();
  await inFrame.signInButton(frame).click();
  const top = new Shopper(page, inFrame.shop, inFrame.shopper.language, inFrame.shopper.scripted);
  await top.identify(people.buyer);
  // The notice of what was added may stand in the address.
  expect(page.url().split('?')[0]).toBe(inFrame.address(PRODUCT));
  await expect(inFrame.person(page)).toBeVisible();
  await top.openCart();
  await expect(page.getByRole('main').getByText(inFrame.words.mug).first()).toBeVisible();
});

test('x2 a framed page leads to a tab of its own, also without script', async ({ inFrame, page }) => {
  const frame = await inFrame.open(PRODUCT);
  const link = frame.getByRole('link', { name: inFrame.words.openInNewTab });
  const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await tab.waitForURL(inFrame.address(PRODUCT));
  await expect(tab.getByRole('link', { name: inFrame.words.openInNewTab })).toHaveCount(0);
});

test('@script x3 where the frame may not be left, a window signs in and the frame goes on', async ({ inFrame, page }) => {
  const frame = await inFrame.open(PRODUCT, WINDOWS);
  await frame.getByRole('main').getByRole('button', { name: inFrame.words.addToCart, exact: true }).click();
  await expect(frame.getByRole('status').getByText(inFrame.words.added)).toBeVisible();
  const window = await inFrame.window(() => inFrame.signInButton(frame).click());
  await expect(frame.getByText(inFrame.words.windowOpened)).toBeVisible();
  await inFrame.identifyAndClose(window);
  await expect(inFrame.person(frame)).toBeVisible();

  // The frame has a session that can do something, and the guest's cart.
  await frame.getByRole('main').getByRole('button', { name: inFrame.words.addToCart, exact: true }).click();
  await expect(frame.getByRole('status').getByText(inFrame.words.added)).toBeVisible();
  await frame.getByRole('banner').getByRole('link', { name: new RegExp(`^${inFrame.words.cart}`) }).click();
  await expect(frame.getByRole('main').getByText(inFrame.words.mug).first()).toBeVisible();
  await expect(frame.getByRole('main').getByRole('textbox')).toHaveValue(/^[2-9]/);

  // The checkout may not be framed: it opens in a tab, where nobody is signed in (X6, X7).
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    frame.getByRole('link', { name: inFrame.words.toCheckout }).click(),
  ]);
  await tab.waitForURL(inFrame.address('/checkout'));
  await expect(frame.getByText(inFrame.address('/checkout'))).toBeVisible();
  await expect(tab.getByRole('main').getByRole('button', { name: inFrame.words.signIn })).toBeVisible();

  // X7: the frame's cookie is none of a window of its own.
  const cookies = await page.context().cookies(inFrame.shop.origin);
  expect(cookies.map(({ name }) => name)).toContain('framed');
  await page.goto(inFrame.address(''));
  await expect(page.getByRole('banner').getByRole('button', { name: inFrame.words.signIn })).toBeVisible();
});

test('@script x3 where the operator keeps the frame, a window signs in', async ({ inFrame, keeping }) => {
  const kept = new InFrame(inFrame.page, inFrame.parent, keeping, inFrame.shopper);
  const frame = await kept.open(PRODUCT);
  const window = await kept.window(() => kept.signInButton(frame).click());
  await kept.identifyAndClose(window);
  await expect(kept.person(frame)).toBeVisible();
});

test('@script x2 where neither is allowed, a link leads to a tab of its own', async ({ inFrame }) => {
  const frame = await inFrame.open(PRODUCT, LEAST);
  await inFrame.signInButton(frame).click();
  await expect(frame.getByText(inFrame.words.windowBlocked)).toBeVisible();
  await expect(frame.getByText(inFrame.address(PRODUCT))).toBeVisible();
  // A sandbox without windows still lets a person open a link in a tab by the browser's own means.
  const [tab] = await Promise.all([
    inFrame.page.context().waitForEvent('page'),
    frame.getByRole('link', { name: inFrame.words.goOnInNewTab }).click({ modifiers: ['ControlOrMeta'] }),
  ]);
  await tab.waitForURL(inFrame.address(PRODUCT));
  await expect(tab.getByRole('banner').getByRole('button', { name: inFrame.words.signIn })).toBeVisible();
});

test('@script x2 where the browser blocks the window, a link leads to a tab of its own', async ({ inFrame, page }) => {
  // As browsers answer who opens windows that nobody asked for.
  await page.addInitScript(() => {
    window.open = () => null;
  });
  const frame = await inFrame.open(PRODUCT);
  await inFrame.signInButton(frame).click();
  await expect(frame.getByText(inFrame.words.windowBlocked)).toBeVisible();
  await expect(frame.getByRole('link', { name: inFrame.words.goOnInNewTab })).toHaveAttribute('href', inFrame.address(PRODUCT));
});

test('@script x2 a sandbox without an origin is told apart, and ends calm', async ({ inFrame }) => {
  const frame = await inFrame.open(PRODUCT, 'allow-scripts allow-forms allow-popups');
  await inFrame.signInButton(frame).click();
  await expect(frame.getByText(inFrame.words.windowBlocked)).toBeVisible();
});

test('@script x5 a window that is closed by hand can be opened again', async ({ inFrame }) => {
  const frame = await inFrame.open(PRODUCT, `${LEAST} allow-popups`);
  const first = await inFrame.window(() => inFrame.signInButton(frame).click());
  await first.close();
  await expect(frame.getByText(inFrame.words.windowClosed)).toBeVisible();
  const again = frame.getByRole('complementary').getByRole('button', { name: inFrame.words.signInAgain });
  const second = await inFrame.window(() => again.click());
  await inFrame.identifyAndClose(second);
  await expect(inFrame.person(frame)).toBeVisible();
});

test('@script x3 forged messages are not read, and nobody else hears the ticket', async ({ inFrame, page }) => {
  const sandbox = `${LEAST} allow-popups`;
  const address = inFrame.address(PRODUCT);
  await page.goto(inFrame.parent.page({ name: 'shop', address, sandbox }, { name: 'sibling', address, sandbox }));
  const frame = inFrame.frame('shop');
  const takes: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/sign-in/take')) takes.push(request.postData() ?? '');
  });
  const window = await inFrame.window(() => inFrame.signInButton(frame).click());
  await expect(frame.getByText(inFrame.words.windowOpened)).toBeVisible();

  const heardBy = (name: string) =>
    page.frame({ name })!.evaluate(() => new Promise((done) => addEventListener('message', ({ data }) => data === 'last' && done(data))));
  const last = heardBy('shop');
  // The wrong origin: the parent. The wrong source: another frame of the shop.
  await page.evaluate(() => frames[0]!.postMessage({ ticket: 'forged-by-parent' }, '*'));
  await page.frame({ name: 'sibling' })!.evaluate(() => {
    parent.frames[0]!.postMessage({ ticket: 'forged-by-sibling' }, location.origin);
    parent.frames[0]!.postMessage('last', location.origin);
  });
  await last;
  expect(takes).toEqual([]);

  await inFrame.identifyAndClose(window);
  await expect(inFrame.person(frame)).toBeVisible();
  expect(takes).toHaveLength(1);
  // The parent listens to everything, and the sibling is of the same origin.
  expect(await page.evaluate('heard')).toEqual([]);
});

test('@script x4 a stolen hand-over id gives its thief nothing', async ({ inFrame, browser, shopper, page }) => {
  const frame = await inFrame.open(PRODUCT, `${LEAST} allow-popups`);
  const attacker = page.frame({ name: 'shop' })!;
  await expect(inFrame.signInButton(frame)).toBeVisible();
  const id = await attacker.evaluate(async () => {
    const answer = await fetch('/sign-in/hand-over', {
      method: 'POST',
      body: new URLSearchParams(),
      headers: { 'x-shop-script': '1' },
    });
    return ((await answer.json()) as { id: string }).id;
  });

  // Another browser signs in for it, as if its own page had sent the form.
  const context = await browser.newContext();
  const victim = await context.newPage();
  await victim.goto(inFrame.address(''));
  await victim.evaluate((id) => {
    const form = document.querySelector<HTMLFormElement>('form[action="/sign-in"]')!;
    const field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'hand_over', value: id });
    form.append(field);
    form.submit();
  }, id);
  await victim.waitForURL(`${inFrame.shop.instance}/**`);
  await inFrame.identify(victim);
  // Nobody opened this window, so nobody is told; the victim goes on as herself.
  await expect(victim.getByRole('heading', { name: inFrame.words.signedIn })).toBeVisible();
  await expect(victim.getByRole('button', { name: inFrame.words.goOnHere })).toBeVisible();

  const status = await attacker.evaluate(async (id) => {
    const answer = await fetch('/sign-in/take', {
      method: 'POST',
      body: new URLSearchParams({ id, ticket: 'guess' }),
      headers: { 'x-shop-script': '1' },
    });
    return answer.status;
  }, id);
  expect(status).toBe(403);
  await page.reload();
  await expect(inFrame.signInButton(inFrame.frame('shop'))).toBeVisible();

  await victim.getByRole('button', { name: inFrame.words.goOnHere }).click();
  await expect(inFrame.person(victim)).toBeVisible();
  await context.close();
  expect(shopper.scripted).toBe(true);
});

test('@script x3 two frames on one page sign in side by side', async ({ inFrame, page }) => {
  const sandbox = `${LEAST} allow-popups`;
  const address = inFrame.address(PRODUCT);
  await page.goto(inFrame.parent.page({ name: 'one', address, sandbox }, { name: 'two', address, sandbox }));
  const [one, two] = [inFrame.frame('one'), inFrame.frame('two')];
  const first = await inFrame.window(() => inFrame.signInButton(one).click());
  const second = await inFrame.window(() => inFrame.signInButton(two).click());
  await inFrame.identifyAndClose(second);
  await expect(inFrame.person(two)).toBeVisible();
  await expect(one.getByText(inFrame.words.windowOpened)).toBeVisible();
  await inFrame.identifyAndClose(first);
  await expect(inFrame.person(one)).toBeVisible();
});

for (const [sandbox, escapes] of [[WINDOWS, true], [`${LEAST} allow-popups`, false]] as const) {
  const title = escapes ? 'leaves a way on in the window' : 'leaves a window to be closed, where it may show nothing else';
  test(`@script x5 a frame that the parent leads elsewhere ${title}`, async ({ inFrame, page }) => {
    const frame = await inFrame.open(PRODUCT, sandbox);
    const window = await inFrame.window(() => inFrame.signInButton(frame).click());
    // To a page of the shop, which has not opened the window, and hears nothing that it would read.
    await page.evaluate((to) => {
      document.querySelector('iframe')!.src = to;
    }, inFrame.address('/cart'));
    await expect(frame.getByRole('heading', { level: 1, name: inFrame.words.cartTitle })).toBeVisible();
    await inFrame.identify(window);
    await expect(window.getByRole('heading', { name: inFrame.words.signedIn })).toBeVisible();
    const goOn = window.getByRole('button', { name: inFrame.words.goOnHere });
    if (escapes) {
      await goOn.click();
      await expect(inFrame.person(window)).toBeVisible();
    } else {
      await expect(window.getByText(inFrame.words.onlyClose)).toBeVisible();
      await expect(goOn).toBeHidden();
    }
    await expect(inFrame.signInButton(frame)).toBeVisible();
  });
}

test('@script x5 a window whose opener a policy has cut off offers to go on in it', async ({ inFrame, page }) => {
  // As where the instance's pages forbid an opener. Playwright does not see what a redirect leads to, so it is said with the
  // answer to the login's form.
  await page.context().route(`${inFrame.shop.instance}/**`, async (route) => {
    const answer = await route.fetch({ maxRedirects: 0 });
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'cross-origin-opener-policy': 'same-origin' } });
  });
  const frame = await inFrame.open(PRODUCT, WINDOWS);
  const window = await inFrame.window(() => inFrame.signInButton(frame).click());
  await inFrame.identify(window);
  await expect(frame.getByText(inFrame.words.windowClosed)).toBeVisible();
  await expect(frame.getByRole('link', { name: inFrame.words.goOnInNewTab })).toBeVisible();
  await expect(window.getByRole('heading', { name: inFrame.words.signedIn })).toBeVisible();
  await window.getByRole('button', { name: inFrame.words.goOnHere }).click();
  await window.waitForURL(inFrame.address(PRODUCT));
  await expect(inFrame.person(window)).toBeVisible();
});

test('@script a framed page, its notes and the window have no fault that axe finds', async ({ inFrame, page }) => {
  // Three pages, each looked at twice.
  test.slow();
  const check = async (where: Page, within: string[]) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await where.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const axe = new AxeBuilder({ page: where });
      // The parent's own page is nobody's business here.
      if (within.length > 0) axe.include(within);
      const { violations } = await axe.analyze();
      expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)), colorScheme).toEqual([]);
    }
  };
  const frame = await inFrame.open(PRODUCT, WINDOWS);
  await expect(inFrame.signInButton(frame)).toBeVisible();
  await check(page, ['iframe']);
  const window = await inFrame.window(() => inFrame.signInButton(frame).click());
  await expect(frame.getByText(inFrame.words.windowOpened)).toBeVisible();
  await check(page, ['iframe']);
  await page.goto('about:blank');
  await inFrame.identify(window);
  await expect(window.getByRole('button', { name: inFrame.words.goOnHere })).toBeVisible();
  await check(window, []);
});
