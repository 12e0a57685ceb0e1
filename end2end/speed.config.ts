/** How fast the screens are: `cargo xtask bench screens`. */
import { defineConfig } from '@playwright/test';

import base from './playwright.config.js';

export default defineConfig(base, {
  testDir: 'speed',
  outputDir: 'test-results/speed-run',
  workers: 1,
  globalTimeout: 45 * 60_000,
});
