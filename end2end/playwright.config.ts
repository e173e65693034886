import { defineConfig } from '@playwright/test';
import { desktop, launchOptions, phone } from './support/browser.ts';
import type { ShopOptions } from './support/fixtures.ts';

// What needs script says so in its title.
const withoutScript = { grepInvert: /@script/ };

export default defineConfig<ShopOptions>({
  testDir: 'tests',
  outputDir: 'test-results',
  // A test that passes only the second time has found something.
  retries: 0,
  workers: 2,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: { launchOptions, trace: 'retain-on-failure', actionTimeout: 15_000 },
  projects: [
    { name: 'English, desktop', use: { language: 'en', viewport: desktop } },
    { name: 'Bulgarian, phone', use: { language: 'bg', viewport: phone } },
    { name: 'English, phone, no script', ...withoutScript, use: { language: 'en', viewport: phone, javaScriptEnabled: false } },
    { name: 'Bulgarian, desktop, no script', ...withoutScript, use: { language: 'bg', viewport: desktop, javaScriptEnabled: false } },
  ],
});
