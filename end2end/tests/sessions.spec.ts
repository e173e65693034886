import type { Browser, BrowserContextOptions } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';
import { Shopper } from '../support/shopper.ts';

/** The same person with another browser. */
async function elsewhere(shopper: Shopper, browser: Browser, options: BrowserContextOptions): Promise<Shopper> {
  const context = await browser.newContext(options);
  return new Shopper(await context.newPage(), shopper.shop, shopper.language, options.javaScriptEnabled ?? true);
}

const name = 'Мария Иванова';

test('a person ends a session on another device, and then all of them', async ({ shopper, browser, javaScriptEnabled, locale }) => {
  test.slow();
  const { words, page } = shopper;
  // Other tests leave sessions of the same person behind in this shop.
  await shopper.open('');
  await shopper.signIn(people.buyer);
  await shopper.open('/account/sessions');
  await shopper.button(words.signOutEverywhere).click();
  await expect(shopper.heading(words.signedOut)).toBeVisible();

  const other = await elsewhere(shopper, browser, { javaScriptEnabled, locale });
  for (const one of [shopper, other]) {
    await one.open('');
    await one.signIn(people.buyer);
  }
  const menu = await shopper.openAccountMenu();
  await menu.getByRole('link', { name: words.mySessions }).click();
  await expect(shopper.heading(words.sessions)).toBeVisible();
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: words.thisDevice })).toHaveCount(1);
  await shopper.button(new RegExp(`^${words.signOutThere}`)).click();
  await expect(rows).toHaveCount(1);
  await other.open('/account/orders');
  await expect(other.heading(words.ended)).toBeVisible();

  await other.page.context().close();

  const third = await elsewhere(shopper, browser, { javaScriptEnabled, locale });
  await third.open('');
  await third.signIn(people.buyer);
  await shopper.open('/account/sessions');
  await shopper.button(words.signOutEverywhere).click();
  await expect(shopper.heading(words.signedOut)).toBeVisible();
  await third.open('/account/orders');
  await expect(third.heading(words.ended)).toBeVisible();
  await third.page.context().close();
});

// Test 25 of the forty.
test('after signing out the back button shows nothing personal', async ({ shopper, page, faults }) => {
  // Back over the instance's pages, each of which leads on again.
  test.slow();
  faults.expectRefusals();
  const { words } = shopper;
  await shopper.open('');
  await shopper.signIn(people.buyer);
  await shopper.open('/account/orders');
  await expect(shopper.heading(words.myOrders)).toBeVisible();
  await shopper.open('/account/sessions');
  await shopper.signOut();
  // Through the instance and back, all the way to the personal pages.
  for (let back = 0; back < 5; back += 1) {
    await page.goBack({ waitUntil: 'commit', timeout: 10_000 }).catch(() => null);
    if (!page.url().startsWith(shopper.shop.origin)) continue;
    await expect(page.getByRole('banner')).toBeVisible();
    await expect(page.locator('body')).not.toContainText(name);
    await expect(page.getByRole('main').getByRole('listitem').filter({ hasText: words.thisDevice })).toHaveCount(0);
  }
});

// O4.
test('@script a tab that becomes visible again after signing out elsewhere forgets the person', async ({ shopper, page, context, faults }) => {
  faults.expectRefusals();
  const { words } = shopper;
  await shopper.open('');
  await shopper.signIn(people.buyer);
  await shopper.open('/account/sessions');
  await expect(shopper.heading(words.sessions)).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-script', '');
  const second = new Shopper(await context.newPage(), shopper.shop, shopper.language, true);
  await second.open('');
  await second.signOut();
  await shopper.comesBack();
  await expect(shopper.heading(words.ended)).toBeVisible();
  await expect(page.locator('body')).not.toContainText(name);
});

test('@script a tab learns at its next action that somebody signed out', async ({ shopper, page, context }) => {
  await shopper.open('');
  await shopper.signIn(people.buyer);
  await shopper.open('/product/KM-RIN-CR');
  await expect(page.locator('html')).toHaveAttribute('data-script', '');
  const second = new Shopper(await context.newPage(), shopper.shop, shopper.language, true);
  await second.open('');
  await second.signOut();
  await shopper.addToCart();
  await expect(page.getByText(shopper.words.ended)).toBeVisible();
  await expect(page.locator('body')).not.toContainText(name);
});

// S3: two slashes in an address of the shop would name another host, if the page's own script opened it again.
test('@script a page is not left for another host when the session has ended', async ({ shopper, page, context, faults }) => {
  faults.expectRefusals();
  await shopper.open('');
  await shopper.signIn(people.buyer);
  await page.goto(`${shopper.shop.origin}//other.test/x`);
  await expect(page.locator('html')).toHaveAttribute('data-script', '');
  await expect(page.locator('body')).toContainText(name);
  const second = new Shopper(await context.newPage(), shopper.shop, shopper.language, true);
  await second.open('');
  await second.signOut();
  await shopper.comesBack();
  await page.waitForURL(`${shopper.shop.origin}/other.test/x?problem=ended`);
  await expect(page.locator('body')).not.toContainText(name);
});
