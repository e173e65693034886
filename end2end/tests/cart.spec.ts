import { expect, test } from '../support/fixtures.ts';

test('@script adding to the cart answers at once and nothing reloads', async ({ shopper, page }) => {
  const { words } = shopper;
  await shopper.open(`/search?q=${encodeURIComponent(words.mugWord)}`);
  await page.evaluate(() => Object.assign(window, { mark: 'still here' }));
  await shopper.card(words.mug).getByRole('button', { name: new RegExp(`^${words.addToCart}`) }).click();
  await expect(shopper.cartLink).toHaveAccessibleName(/1/);
  await shopper.seesAdded();
  expect(await page.evaluate(() => (window as { mark?: string }).mark)).toBe('still here');
});

test('a guest changes, removes and brings back a line', async ({ shopper, page }) => {
  const { words } = shopper;
  await shopper.open('/product/KM-RIN-CR');
  await shopper.addToCart('2');
  await shopper.seesAdded();
  await shopper.openCart();
  const quantity = page.getByLabel(new RegExp(`^${words.quantity}: `));
  await expect(quantity).toHaveValue('2');
  await page.getByRole('button', { name: new RegExp(`^${words.more}: `) }).click();
  await expect(quantity).toHaveValue('3');
  await page.getByRole('button', { name: new RegExp(`^${words.remove}: `) }).click();
  await expect(page.getByText(words.emptyCart)).toBeVisible();
  await shopper.button(new RegExp(`^${words.undo}`)).click();
  await expect(quantity).toHaveValue('3');
});

for (const [typed, why] of [
  ['0', 'notPositive'],
  ['-1', 'notPositive'],
  ['1e9', 'any'],
  ['0.5', 'notWhole'],
  ['1,5', 'notWhole'],
  ['999999999999', 'tooMany'],
  ['many', 'notANumber'],
] as const) {
  test(`a quantity of ${typed} is refused, and stays in its field`, async ({ shopper, page, faults }) => {
    faults.expectRefusals();
    await shopper.open('/product/KM-RIN-CR');
    await shopper.addToCart(typed);
    const field = page.getByRole('main').getByLabel(shopper.words.quantity, { exact: true });
    const said = page.getByRole('main').or(page.getByRole('status'));
    if (why === 'any') {
      const { tooMany, notANumber } = shopper.words;
      await expect(said.getByText(tooMany).or(said.getByText(notANumber)).first()).toBeVisible();
    } else {
      await expect(said.getByText(shopper.words[why]).first()).toBeVisible();
    }
    await expect(field).toHaveValue(typed);
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await shopper.open('/cart');
    await expect(page.getByText(shopper.words.emptyCart)).toBeVisible();
  });
}
