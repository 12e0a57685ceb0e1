/** The way back: statuses set in Fulcrum, seen in Lever. */
import { expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';
import { goToCandidates, heading, row } from './candidates.js';
import { goToIntegrations } from './connect.js';
import type { Person } from './walk.js';

/** A Super Admin switches it on, with what is suggested and a reason for rejections. */
export async function switchOn(admin: Visitor): Promise<void> {
  await goToIntegrations(admin);
  await admin.page.getByRole('link', { name: 'The way back', exact: true }).click();
  await expect(admin.page).toHaveURL(/\/integrations\/way-back$/);
  await expect(admin.page.getByText('Off: nothing that is set here is written to Lever.')).toBeVisible();
  await admin.ready();
  const choose = (name: string, label: string) =>
    admin.page.getByRole('combobox', { name, exact: true }).selectOption({ label });
  // The stage map leaves no doubt about these two.
  for (const [status, place] of [
    ['Offer', 'Offer'],
    ['Hired', 'Hired'],
  ] as const) {
    const suggested = admin.page.getByRole('combobox', { name: status, exact: true });
    await expect(suggested.getByRole('option', { selected: true })).toHaveText(place);
  }
  await choose('Screening', 'Recruiter screen');
  await choose('Rejected', 'Underqualified');
  await choose('Way back', 'On');
  await admin.page.getByRole('button', { name: 'Save', exact: true }).click();
  await admin.sees(admin.page.getByText('On: a status set here by a member is written to Lever.'));
}

/** The candidate's page, from the list. */
export async function openCandidate(who: Visitor, person: Person): Promise<void> {
  await goToCandidates(who);
  await row(who, person).getByRole('link', { name: person.name, exact: true }).click();
  await expect(heading(who, person)).toBeVisible();
  await who.ready();
}

/** On the candidate's page. */
export async function setStatus(who: Visitor, status: string): Promise<void> {
  await who.page.getByRole('combobox', { name: 'Status', exact: true }).selectOption({ label: status });
  if (!who.live) {
    await who.page.getByRole('button', { name: 'Set status', exact: true }).click();
  }
  const set = who.page.getByRole('listitem').filter({ hasText: 'set by' }).filter({ hasText: status });
  await who.sees(set.first());
}
