import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';
import type { Shopper } from '../support/shopper.ts';

async function hasNoViolations(shopper: Shopper): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await shopper.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page: shopper.page }).analyze();
    const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
    expect(found, `${shopper.page.url()}, ${colorScheme}`).toEqual([]);
  }
}

const guestPages = ['', '/search?q=rini', '/search?q=qqqqqqqq', '/product/KM-RIN-CR', '/product/LT-ARK-GR', '/cart', '/checkout', '/account/orders', '/account/waiting', '/signed-out', '/no-such-page'];

for (const path of guestPages) {
  test(`@script a guest's ${path || '/'} has no fault that axe finds`, async ({ shopper, faults }) => {
    faults.expectRefusals();
    await shopper.open(path);
    await hasNoViolations(shopper);
  });
}

test("@script a group, a full cart, the checkout, the orders and the sessions have no fault that axe finds", async ({ shopper, page }) => {
  // Seven pages, each looked at twice.
  test.slow();
  await shopper.open('');
  await page.getByRole('navigation', { name: shopper.words.groups }).getByRole('link').first().click();
  await hasNoViolations(shopper);
  await shopper.open('/product/KM-RIN-CR');
  await shopper.addToCart();
  await shopper.seesAdded();
  await shopper.openCart();
  await hasNoViolations(shopper);
  await shopper.button(shopper.words.signInToOrder).click();
  await shopper.identify(people.buyer);
  await shopper.seesQuote();
  await hasNoViolations(shopper);
  await shopper.placeOrder();
  await hasNoViolations(shopper);
  await shopper.open('/account/orders');
  await hasNoViolations(shopper);
  await shopper.open('/account/sessions');
  await hasNoViolations(shopper);
});

test("@script the choice of a customer and the waiting page have no fault that axe finds", async ({ shopper, browser }) => {
  // Two people, each looked at twice.
  test.slow();
  await shopper.open('');
  await shopper.signIn(people.buyerOfTwo);
  await shopper.open('/account/customers');
  await hasNoViolations(shopper);
  await browser.contexts()[0]!.clearCookies();
  await shopper.open('');
  await shopper.signIn(people.newcomer);
  await shopper.open('/account/waiting');
  await hasNoViolations(shopper);
});
