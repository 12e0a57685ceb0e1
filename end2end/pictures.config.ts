/** Takes pictures of every screen, for people to look at: `cargo xtask pictures`. */
import { defineConfig } from '@playwright/test';

import base from './playwright.config.js';

export default defineConfig(base, { testDir: 'pictures', outputDir: 'test-results/pictures-run' });
