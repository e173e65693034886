import { expect, test } from '../support/fixtures.ts';

for (const path of ['/no-such-page', '/product/NO-SUCH', '/group/no-such', '/order/nonsense', '/search?q=mug&page=0', '/search?q=mug&page=x', '/search?q=mug&sort=nonsense']) {
  test(`${path} is a friendly 404`, async ({ shopper, page, faults }) => {
    faults.expectRefusals();
    const answer = await shopper.open(path);
    expect(answer?.status()).toBe(404);
    await expect(shopper.heading(shopper.words.notFound)).toBeVisible();
    await page.getByRole('link', { name: shopper.words.toHome }).click();
    await expect(page.getByRole('navigation', { name: shopper.words.groups })).toBeVisible();
  });
}

test('a language the shop does not speak is a 404 in one it does', async ({ shopper, shop, page, faults }) => {
  faults.expectRefusals();
  const answer = await page.goto(`${shop.origin}/xx/cart`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(shopper.language).toMatch(/en|bg/);
});

test('a megabyte in one field is refused, and the cart is still there', async ({ shopper, shop, page }) => {
  await shopper.open('/product/KM-RIN-CR');
  await shopper.addToCart('2');
  await shopper.seesAdded();
  const answer = await page.request.post(`${shop.origin}/api/cart/add`, {
    form: { product: 'x'.repeat(1024 * 1024), quantity: '1' },
    headers: { origin: shop.origin, 'sec-fetch-site': 'same-origin' },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(413);
  await shopper.openCart();
  await expect(page.getByLabel(new RegExp(`^${shopper.words.quantity}: `))).toHaveValue('2');
});
