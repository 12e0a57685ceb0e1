/** The first start of a real installation: the link, and what it makes. */
import { expect } from '@playwright/test';

import type { Fulcrum } from '../fixtures/fulcrum.js';
import type { Visitor } from '../fixtures/visitor.js';
import { navigation } from './sign-in.js';

/** What the first Super Admin fills in. */
export const FIRST = {
  Organisation: 'Acme',
  Name: 'Sam First',
  'E-mail': 'sam@acme.example',
  Password: 'a long enough password',
} as const;

/** The link that the first start printed. */
export function setUpLink(fulcrum: Fulcrum): string {
  const link = /^Set up: (\S+)$/m.exec(fulcrum.program.output)?.[1] ?? '';
  expect(link).toContain(`${fulcrum.url}/set-up/`);
  return link;
}

/** The link is opened and the organisation made; its first Super Admin is signed in. */
export async function setUp(who: Visitor, fulcrum: Fulcrum): Promise<void> {
  await who.open(setUpLink(fulcrum));
  for (const [label, text] of Object.entries(FIRST)) {
    await who.page.getByLabel(label, { exact: true }).fill(text);
  }
  await who.page.getByRole('button', { name: 'Create organisation', exact: true }).click();
  await expect(navigation(who, 'Members')).toBeVisible();
  await who.ready();
}
