import { desktop, phone } from '../support/browser.ts';
import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';
import { Shopper } from '../support/shopper.ts';

const folder = '../target/screenshots';

for (const language of ['en', 'bg'] as const) {
  for (const [device, viewport] of [['phone', phone], ['desktop', desktop]] as const) {
    test(`${language} ${device}`, async ({ shop, browser }) => {
      const context = await browser.newContext({ viewport, locale: language, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const shopper = new Shopper(page, shop, language, true);
      // A new shop fetches its pictures one after the other and shows a frame meanwhile; the page is asked for again until all of
      // them are there.
      const seesPictures = async () => {
        const missing = await page.evaluate(async () => {
          const pictures = [...document.images];
          for (const picture of pictures) picture.loading = 'eager';
          await Promise.allSettled(pictures.map((picture) => picture.decode()));
          const kinds = pictures.map(async ({ currentSrc }) => (await fetch(currentSrc)).headers.get('content-type'));
          return (await Promise.all(kinds)).filter((kind) => kind !== 'image/webp').length;
        });
        if (missing > 0) await page.reload();
        expect(missing).toBe(0);
      };
      const take = async (name: string) => {
        await expect(seesPictures).toPass({ timeout: 60_000 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${folder}/${name}-${device}-${colorScheme}-${language}.png`, fullPage: true });
        }
      };

      await shopper.open('');
      await take('home');
      await page.getByRole('navigation', { name: shopper.words.groups }).getByRole('link').first().click();
      await take('group');
      await shopper.open(`/search?q=${encodeURIComponent(shopper.words.mugWord)}`);
      await take('search');
      await shopper.open('/product/LT-ARK-GR');
      await take('product');
      await shopper.addToCart('2');
      await shopper.seesAdded();
      await shopper.open('/product/KM-RIN-CR');
      await shopper.addToCart('12');
      await shopper.seesAdded();
      await shopper.openCart();
      await take('cart');
      await shopper.button(shopper.words.signInToOrder).click();
      await shopper.identify(people.buyer);
      await shopper.seesQuote();
      await take('checkout');
      await shopper.placeOrder();
      await take('placed');
      await shopper.open('/account/orders');
      await take('orders');
      await page.getByRole('main').getByRole('heading', { level: 2 }).getByRole('link').first().click();
      await take('order');
      await shopper.open('/account/sessions');
      await take('sessions');
      await context.close();
    });
  }
}
