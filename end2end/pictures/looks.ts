/** In which looks every picture is taken, and where it is put. */
import { join } from 'node:path';

import type { Visitor } from '../fixtures/visitor.js';

const FOLDER = process.env.FULCRUM_PICTURES ?? join('test-results', 'pictures');

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 320, height: 640 };

export const LOOKS = {
  light: { colorScheme: 'light', viewport: WIDE },
  dark: { colorScheme: 'dark', viewport: WIDE },
  phone: { colorScheme: 'light', viewport: PHONE },
  'phone-dark': { colorScheme: 'dark', viewport: PHONE },
} as const;

/** The file of the picture `name`. */
export function file(name: string): string {
  return join(FOLDER, `${name}.png`);
}

/** The whole page, however long. */
export async function picture({ page }: Visitor, name: string): Promise<void> {
  await page.screenshot({ path: file(name), fullPage: true });
}
