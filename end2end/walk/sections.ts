/** The pages about Lever, by the links that they share. */
import { expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';
import { goToIntegrations } from './connect.js';

const HEADINGS = {
  Receiving: 'Receiving from Lever',
  Changes: 'Changes in Lever',
  Reconciliation: 'Reconciliation',
  Health: 'Health',
} as const;

export type Section = keyof typeof HEADINGS;

export async function goToSection(who: Visitor, section: Section): Promise<void> {
  await goToIntegrations(who);
  const links = who.page.getByRole('navigation', { name: 'About Lever', exact: true });
  await links.getByRole('link', { name: section, exact: true }).click();
  await expect(
    who.page.getByRole('heading', { name: HEADINGS[section], exact: true, level: 1 }),
  ).toBeVisible();
  await who.ready();
}

/** Compares with Lever now, and reads stages and users anew. */
export async function syncNow(who: Visitor): Promise<void> {
  await goToIntegrations(who);
  await who.page.getByRole('button', { name: 'Sync now', exact: true }).click();
  await who.ready();
}
