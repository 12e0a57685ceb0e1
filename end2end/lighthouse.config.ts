/** Lets Lighthouse look at the screens: `cargo xtask bench screens`. */
import { defineConfig } from '@playwright/test';

import base from './playwright.config.js';

export default defineConfig(base, {
  testDir: 'lighthouse',
  outputDir: 'test-results/lighthouse-run',
  workers: 1,
  globalTimeout: 45 * 60_000,
});
