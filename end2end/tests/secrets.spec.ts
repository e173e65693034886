import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';
import { found as foundIn, secrets } from '../support/secrets.ts';
import type { Shopper } from '../support/shopper.ts';

/** As many pages and files as one crawl looks at; each kind of page is among the first. */
const MOST = 150;
const AT_ONCE = 4;

/** Follows the links breadth first, loads the files of the site too, and answers what was found where. */
async function crawl(shopper: Shopper): Promise<{ pages: number; found: string[] }> {
  const { origin } = shopper.shop;
  const starts = ['/en', '/bg', '/en/cart', '/en/checkout', '/en/account/orders', '/en/product/KM-RIN-CR', '/en/search?q=rini', '/en/no-such-page'];
  const known = new Set(starts.map((path) => `${origin}${path}`));
  const waiting = [...known];
  const found: string[] = [];
  let pages = 0;

  async function look(address: string): Promise<void> {
    const answer = await shopper.page.request.get(address);
    const body = await answer.body();
    const text = `${JSON.stringify(answer.headers())}\n${body.toString('latin1')}`;
    pages += 1;
    found.push(...foundIn(text, secrets).map((what) => `${what} in ${address}`));
    if (!answer.headers()['content-type']?.startsWith('text/html')) return;
    const links = [...body.toString('utf8').matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'));
    // The WASM is named by a script, not by a link.
    const files = [...text.matchAll(/["'](\/pkg\/[^"']+)["']/g)].map(([, file]) => file!);
    for (const link of [...files, ...links]) {
      const next = new URL(link, address);
      if (next.origin === origin && !next.pathname.startsWith('/img/') && !known.has(next.href)) {
        known.add(next.href);
        waiting.push(next.href);
      }
    }
  }

  while (waiting.length > 0 && pages < MOST) {
    await Promise.all(waiting.splice(0, AT_ONCE).map(look));
  }
  return { pages, found };
}

test('no page or file of the shop shows a secret or a token', async ({ shopper }) => {
  // The crawl takes a minute or more of many pages, on a busy machine several.
  test.setTimeout(600_000);
  await shopper.open('');
  const guest = await crawl(shopper);
  expect(guest.found).toEqual([]);
  expect(guest.pages).toBeGreaterThan(50);

  await shopper.signIn(people.owner);
  const signedIn = await crawl(shopper);
  expect(signedIn.found).toEqual([]);
  expect(signedIn.pages).toBeGreaterThan(50);
});
