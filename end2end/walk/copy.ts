/** Copying what a read-only textbox shows. */
import { type Locator, expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';

/** Presses *Copy* where buttons can copy; without JavaScript the text is selected by hand. */
export async function copyFrom(who: Visitor, field: Locator, button: Locator): Promise<string> {
  await expect(field).not.toBeEditable();
  const shown = await field.inputValue();
  expect(shown).not.toBe('');
  if (who.live) {
    await who.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await who.page.bringToFront();
    await button.click();
    await expect
      .poll(() => who.page.evaluate(() => navigator.clipboard.readText()))
      .toBe(shown);
  }
  return shown;
}
