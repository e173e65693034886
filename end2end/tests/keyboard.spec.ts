import { type Locator, expect } from '@playwright/test';
import { test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';

test('@script a purchase with the keyboard alone', async ({ shopper, page }) => {
  const { words } = shopper;

  /** Tabs on until the wanted thing has the focus; a page where that takes for ever cannot be used. */
  async function reach(wanted: Locator): Promise<void> {
    for (let steps = 0; steps < 200; steps += 1) {
      await page.keyboard.press('Tab');
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`the keyboard does not reach ${wanted}`);
  }

  await shopper.open('/product/KM-RIN-CR');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: words.skip })).toBeFocused();
  await page.keyboard.press('Enter');
  await reach(page.getByRole('main').getByRole('button', { name: words.addToCart, exact: true }));
  await page.keyboard.press('Enter');
  await shopper.seesAdded();

  await shopper.openCart();
  await reach(shopper.button(words.signInToOrder));
  await page.keyboard.press('Enter');
  await page.waitForURL(`${shopper.shop.instance}/**`);
  await reach(page.getByLabel(/^(Login|Потребител)$/));
  await page.keyboard.type(people.buyer.login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(people.buyer.password);
  await page.keyboard.press('Enter');
  await expect(shopper.heading(words.checkout)).toBeVisible();
  await shopper.seesQuote();
  await reach(shopper.button(words.placeOrder));
  await page.keyboard.press('Enter');
  await expect(shopper.heading(words.placed)).toBeVisible({ timeout: 30_000 });
});
