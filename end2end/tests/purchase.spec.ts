import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';

test('a guest fills a cart, signs in, orders, and finds the order', async ({ shopper, shop, page, faults }, testInfo) => {
  const { words } = shopper;
  const purchaseOrder = `PO-${testInfo.project.name.length}-${testInfo.workerIndex}`;
  const before = (await shop.orders()).length;

  await shopper.open('');
  await page.getByRole('navigation', { name: words.groups }).getByRole('link').first().click();
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();

  await shopper.search(words.mugWord);
  await shopper.card(words.mug).getByRole('link', { name: words.mug }).first().click();
  await expect(shopper.heading(words.mug)).toBeVisible();
  await shopper.addToCart('3');
  await shopper.seesAdded();
  const address = page.url();
  const partNumber = decodeURIComponent(new URL(address).pathname.split('/').pop() ?? '');

  await shopper.openCart();
  await expect(page.getByRole('main').getByText(words.mug).first()).toBeVisible();
  await shopper.button(words.signInToOrder).click();
  await shopper.identify(people.buyer);

  // Signing in led straight on to the checkout, and the cart came along.
  await expect(shopper.heading(words.checkout)).toBeVisible();
  await expect(page.getByRole('main').getByText(words.mug).first()).toBeVisible();
  await shopper.fillCheckout({
    street: 'ul. Vitosha 15',
    postcode: '1000',
    town: 'Sofia',
    purchaseOrder,
    note: 'Please ring twice.',
  });
  await shopper.seesQuote();
  await shopper.placeOrder();
  await expect(page.getByRole('main').getByText(words.mug).first()).toBeVisible();

  // It arrived in the ERP, once, with what was typed.
  const orders = await shop.orders();
  expect(orders.length).toBe(before + 1);
  const arrived = orders.filter((order) => order.purchase_order_no === purchaseOrder);
  expect(arrived).toHaveLength(1);
  const order = arrived[0]!;
  expect(order.customer).toBe('000412');
  expect(order.notes).toContain('Please ring twice.');
  expect(order.external_id).toBeTruthy();
  expect(order.lines.map((line) => [line.part_number, Number(line.quantity)])).toContainEqual([partNumber, 3]);
  expect(Number(order.amount_to_pay)).toBeGreaterThan(Number(order.total));

  // It is among the customer's orders, and the cart is empty again.
  await (await shopper.openAccountMenu()).getByRole('link', { name: words.myOrders }).click();
  await page.getByRole('main').getByRole('link', { name: new RegExp(order.document_no) }).click();
  await expect(shopper.heading(new RegExp(order.document_no))).toBeVisible();
  await expect(page.getByRole('main').getByText(words.mug).first()).toBeVisible();
  await shopper.open('/cart');
  await expect(page.getByText(words.emptyCart)).toBeVisible();

  await shopper.signOut();
  faults.expectRefusals();
  await shopper.open('/account/orders');
  await expect(page.getByText(order.document_no)).toHaveCount(0);
});

test('ten submits of one checkout make one order', async ({ shopper, shop, page }) => {
  await shopper.open('/product/KM-RIN-CR');
  await shopper.addToCart('2');
  await shopper.seesAdded();
  await shopper.openCart();
  await shopper.button(shopper.words.signInToOrder).click();
  await shopper.identify(people.owner);
  await shopper.seesQuote();
  const before = (await shop.orders()).length;

  // What the button would send, ten times at once, as an impatient person with a slow line does it.
  const form: Record<string, string> = {};
  const typed = page.locator('input[form=checkout], #checkout input, #checkout textarea');
  for (const field of await typed.all()) {
    const [name, kind] = [await field.getAttribute('name'), await field.getAttribute('type')];
    if (name && (kind !== 'radio' || (await field.isChecked()))) form[name] = await field.inputValue();
  }
  const address = new URL('/api/checkout/place', shop.origin).href;
  const headers = { origin: shop.origin, 'sec-fetch-site': 'same-origin', accept: 'text/html' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => page.request.post(address, { form, headers, maxRedirects: 0 })),
  );
  const ways = new Set(answers.map((answer) => answer.headers()['location']));
  expect(answers.map((answer) => answer.status()).filter((status) => status !== 302 && status !== 303)).toEqual([]);
  expect(ways.size, 'all lead to the same order').toBe(1);

  await page.goto(new URL([...ways][0]!, shop.origin).href);
  await expect(shopper.heading(shopper.words.placed)).toBeVisible({ timeout: 30_000 });
  expect((await shop.orders()).length).toBe(before + 1);
});
