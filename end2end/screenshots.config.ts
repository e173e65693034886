import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/browser.ts';

/** `cargo xtask screenshots`: no tests, pictures of the main pages in target/screenshots. */
export default defineConfig({
  testDir: 'screenshots',
  outputDir: 'test-results/screenshots',
  workers: 1,
  timeout: 180_000,
  reporter: [['list']],
  use: { launchOptions },
});
