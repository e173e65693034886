// A shopper in a shop: the portal and the instance live as long as the worker, the page as long as the test.

import { test as base, expect } from '@playwright/test';
import { found, persons, secrets } from './secrets.ts';
import { Shop } from './shop.ts';
import { Shopper } from './shopper.ts';
import type { Language } from './words.ts';

export interface ShopOptions {
  language: Language;
}

interface Faults {
  /** A test that asks for what is not there, or is refused, says so: the browser reports such answers as errors. */
  expectRefusals(): void;
}

export const test = base.extend<ShopOptions & { shopper: Shopper; faults: Faults }, { shop: Shop }>({
  language: ['en', { option: true }],

  shop: [
    async ({}, use) => {
      const shop = await Shop.start();
      await use(shop);
      // Whatever the tests of this worker did: the log tells it without a secret and without a person (Z2, Z3).
      const log = await shop.stop();
      expect(log).not.toBe('');
      expect(found(log, [...secrets, ...persons]), 'in the log of the portal').toEqual([]);
    },
    { scope: 'worker', timeout: 150_000 },
  ],

  locale: async ({ language }, use) => use(language === 'bg' ? 'bg-BG' : 'en-GB'),

  // Whatever the browser complains about on a page of the shop fails the test, also where the page looks right.
  faults: [
    async ({ page, shop }, use) => {
      const seen: string[] = [];
      let refusals = false;
      const ours = () => page.url().startsWith(shop.origin);
      page.on('pageerror', ({ name, message, stack }) => {
        // Chromium's report that it skipped the animation between two pages, as with one that follows too soon.
        const skipped = message.startsWith('Transition was ');
        if (ours() && !skipped) seen.push(`${page.url()}: ${name}: ${message}\n${stack}`);
      });
      page.on('console', (message) => {
        const refused = message.text().startsWith('Failed to load resource');
        // A policy the browser does not understand is a warning only, and none of ours.
        const complains = message.type() === 'error' || (message.type() === 'warning' && /policy/i.test(message.text()));
        if (ours() && complains && !(refused && refusals)) {
          seen.push(`${page.url()}: ${message.text()} (${message.location().url})`);
        }
      });
      await use({ expectRefusals: () => (refusals = true) });
      expect(seen, 'errors in the browser').toEqual([]);
    },
    { auto: true },
  ],

  shopper: async ({ page, shop, language, javaScriptEnabled }, use, testInfo) => {
    await use(new Shopper(page, shop, language, javaScriptEnabled ?? true));
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('logs', { body: await shop.logs(), contentType: 'text/plain' });
    }
  },
});

export { expect };
