/** A candidate's page in the practice Lever. */
import { type Locator, expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';
import { goTo } from './lever-settings.js';
import type { Person } from './walk.js';

export async function openInLever(who: Visitor, person: Person): Promise<void> {
  await goTo(who, 'Candidates');
  // The board shows nobody who is archived; the search does.
  await who.page.getByRole('searchbox', { name: 'Search candidates', exact: true }).fill(person.name);
  await who.page.getByRole('button', { name: 'Search', exact: true }).click();
  await who.page.getByRole('link', { name: person.name, exact: true }).click();
  await expect(who.page.getByRole('heading', { name: person.name, exact: true })).toBeVisible();
}

/** The description beside a term such as *Source*. */
export function described(who: Visitor, term: string): Locator {
  return who.page
    .locator('dt')
    .filter({ hasText: new RegExp(`^${term}$`) })
    .locator('xpath=following-sibling::dd[1]');
}

export async function moveTo(who: Visitor, stage: string): Promise<void> {
  await who.page.getByRole('combobox', { name: 'Stage', exact: true }).selectOption({ label: stage });
  await who.page.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(described(who, 'Stage')).toHaveText(stage);
}

export async function archive(who: Visitor, reason: string): Promise<void> {
  await who.page.getByRole('combobox', { name: 'Reason', exact: true }).selectOption({ label: reason });
  await who.page.getByRole('button', { name: 'Archive', exact: true }).click();
  await expect(who.page.getByRole('button', { name: 'Unarchive', exact: true })).toBeVisible();
}

export async function unarchive(who: Visitor): Promise<void> {
  await who.page.getByRole('button', { name: 'Unarchive', exact: true }).click();
  await expect(who.page.getByRole('button', { name: 'Unarchive', exact: true })).toHaveCount(0);
}

export async function hire(who: Visitor): Promise<void> {
  await who.page.getByRole('button', { name: 'Hire', exact: true }).click();
  await expect(who.page.getByRole('button', { name: 'Unarchive', exact: true })).toBeVisible();
}
