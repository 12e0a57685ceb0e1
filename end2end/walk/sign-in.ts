/** Signing in and out. */
import { expect } from '@playwright/test';

import { type Fulcrum, PASSWORD } from '../fixtures/fulcrum.js';
import type { Visitor } from '../fixtures/visitor.js';

export async function signIn(
  who: Visitor,
  fulcrum: Fulcrum,
  email: string,
  password: string = PASSWORD,
): Promise<void> {
  await who.open(`${fulcrum.url}/sign-in`);
  await who.page.getByLabel('E-mail', { exact: true }).fill(email);
  await who.page.getByLabel('Password', { exact: true }).fill(password);
  await who.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(who.page).toHaveURL(/\/candidates$/);
  await expect(navigation(who, 'Candidates')).toBeVisible();
  await who.ready();
}

export async function signOut(who: Visitor): Promise<void> {
  await who.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(who.page).toHaveURL(/\/sign-in/);
  await who.ready();
}

/** A link of Fulcrum's main navigation. */
export function navigation(who: Visitor, name: string) {
  return who.page.getByRole('navigation').getByRole('link', { name, exact: true });
}
