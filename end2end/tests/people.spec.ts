import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';

test('who has no customer yet waits on a page of their own', async ({ shopper }) => {
  await shopper.open('');
  await shopper.signIn(people.newcomer);
  await shopper.open('/account/waiting');
  await expect(shopper.heading(shopper.words.waiting)).toBeVisible();
  await expect((await shopper.openAccountMenu()).getByText('Nora Lind').locator('visible=true').first()).toBeVisible();
});

test('a buyer of two customers chooses for whom to order', async ({ shopper, page }) => {
  const { words } = shopper;
  await shopper.open('');
  await shopper.signIn(people.buyerOfTwo);
  await shopper.open('/account/customers');
  await expect(shopper.heading(words.customers)).toBeVisible();
  const choices = page.getByRole('main').getByRole('listitem');
  await expect(choices).toHaveCount(2);
  const choose = shopper.button(new RegExp(`^${words.choose}: `)).first();
  const name = (await choose.getAttribute('aria-label'))!.replace(`${words.choose}: `, '');
  await choose.click();
  await expect((await shopper.openAccountMenu()).getByText(name).locator('visible=true').first()).toBeVisible();
});

test('who may not see prices sees none', async ({ shopper, page }) => {
  const { words } = shopper;
  await shopper.open('');
  await shopper.signIn(people.withoutPrices);
  for (const path of ['', '/product/KM-RIN-CR', `/search?q=${encodeURIComponent(words.mugWord)}`]) {
    await shopper.open(path);
    await expect(page.getByRole('main')).not.toContainText(/\d[.,]\d\d\s*(€|EUR|лв|BGN)|(€|EUR|BGN)\s*\d/);
  }
});
