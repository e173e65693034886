import { createHash } from 'node:crypto';
import { expect, test } from '../support/fixtures.ts';
import { people } from '../support/people.ts';
import { CLIENT_SECRET } from '../support/shop.ts';
import type { Shopper } from '../support/shopper.ts';

const hash = createHash('sha256').update(CLIENT_SECRET).digest();
const forbidden: [string, RegExp | string][] = [
  ['the client secret', CLIENT_SECRET],
  ['the client secret in HTML', CLIENT_SECRET.replaceAll('&', '&amp;')],
  ['the client secret in an address', encodeURIComponent(CLIENT_SECRET)],
  ['the client secret in a form', new URLSearchParams({ s: CLIENT_SECRET }).toString().slice(2)],
  ['the client secret in base64', Buffer.from(CLIENT_SECRET).toString('base64').slice(0, -4)],
  ['the hash of the client secret', hash.toString('base64')],
  ['the hash of the client secret in hexadecimals', hash.toString('hex')],
  ['the name of the secret', 'client_secret'],
  // A signed token of any kind: header and payload both begin with `{"` in base64url.
  ['a token', /eyJ[\w-]+\.eyJ[\w-]+/],
];

/** Follows every link and loads every file of the site, and answers what was found where. */
async function crawl(shopper: Shopper): Promise<{ pages: number; found: string[] }> {
  const { origin } = shopper.shop;
  const waiting = [`${origin}/en`, `${origin}/bg`, `${origin}/en/cart`, `${origin}/en/checkout`, `${origin}/en/account/orders`];
  const known = new Set(waiting);
  const found: string[] = [];
  let pages = 0;
  for (let address = waiting.shift(); address !== undefined && pages < 400; address = waiting.shift()) {
    const answer = await shopper.page.request.get(address);
    const body = await answer.body();
    const text = `${JSON.stringify(answer.headers())}\n${body.toString('latin1')}`;
    pages += 1;
    for (const [what, pattern] of forbidden) {
      const hit = typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
      if (hit) found.push(`${what} in ${address}`);
    }
    if (!answer.headers()['content-type']?.startsWith('text/html')) continue;
    for (const [, link] of body.toString('utf8').matchAll(/(?:href|src)="([^"#]+)"/g)) {
      const next = new URL(link!.replaceAll('&amp;', '&'), address);
      const image = /^\/(picture|media)/.test(next.pathname);
      if (next.origin === origin && !image && !known.has(next.href)) {
        known.add(next.href);
        waiting.push(next.href);
      }
    }
    // The WASM is named by a script, not by a link.
    for (const [, file] of text.matchAll(/["'](\/pkg\/[^"']+)["']/g)) {
      const next = new URL(file!, origin).href;
      if (!known.has(next)) {
        known.add(next);
        waiting.push(next);
      }
    }
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
