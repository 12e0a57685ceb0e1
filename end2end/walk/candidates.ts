/** Candidates in Fulcrum: added, written to, answering, imported. */
import { type Locator, expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';
import { navigation } from './sign-in.js';
import type { Person } from './walk.js';

export async function addCandidate(who: Visitor, person: Person): Promise<void> {
  await goToCandidates(who);
  await who.page.getByRole('link', { name: 'Add candidate', exact: true }).first().click();
  await expect(who.page).toHaveURL(/\/candidates\/new$/);
  await who.ready();
  await who.page.getByLabel('Name', { exact: true }).fill(person.name);
  await who.page.getByLabel('E-mail', { exact: true }).fill(person.email);
  await who.page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(heading(who, person)).toBeVisible();
  await who.ready();
}

/** On the candidate's page. */
export async function sendMessage(who: Visitor, text: string): Promise<void> {
  await who.page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await who.page.getByRole('button', { name: 'Send message', exact: true }).click();
  await expect(who.page.getByText(text, { exact: true })).toBeVisible();
  await expect(who.page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('');
}

/** The address that a candidate finds in the message. */
export async function replyPage(who: Visitor): Promise<string> {
  const link = who.page.getByRole('link', { name: 'Open reply page', exact: true });
  const address = await link.getAttribute('href');
  expect(address).toMatch(/\/r\/[A-Za-z0-9_.-]+$/);
  return new URL(address ?? '', who.page.url()).href;
}

/** The candidate answers, in a browser of their own. */
export async function answer(candidate: Visitor, address: string, text: string): Promise<void> {
  await candidate.open(address);
  await candidate.page.getByRole('textbox', { name: 'Your answer', exact: true }).fill(text);
  await candidate.page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(candidate.page.getByText(/thank you/i).first()).toBeVisible();
}

/** A candidate who was written to and has answered: all in one. */
export async function candidateWhoAnswered(
  who: Visitor,
  outside: Visitor,
  person: Person,
): Promise<void> {
  await addCandidate(who, person);
  await sendMessage(who, `Hello ${person.name}, would you like to talk?`);
  await answer(outside, await replyPage(who), 'Yes, gladly.');
  await goToCandidates(who);
}

export async function goToCandidates(who: Visitor): Promise<void> {
  await navigation(who, 'Candidates').click();
  await expect(who.page).toHaveURL(/\/candidates$/);
  await expect(who.page.getByRole('searchbox', { name: 'Search candidates' })).toBeVisible();
  await who.ready();
}

/** The candidate's row in the list. */
export function row(who: Visitor, person: Person): Locator {
  return who.page
    .getByRole('row')
    .filter({ has: who.page.getByRole('link', { name: person.name, exact: true }) });
}

/** The open list shows the status: by itself, or when loaded again. */
export async function seesStatus(who: Visitor, person: Person, status: string): Promise<void> {
  await who.sees(row(who, person).getByRole('cell', { name: status, exact: true }));
}

export function importButton(who: Visitor, person: Person): Locator {
  return row(who, person).getByRole('button', {
    name: `Import ${person.name} into Lever`,
    exact: true,
  });
}

export function viewLink(who: Visitor, person: Person): Locator {
  return row(who, person).getByRole('link', { name: `View ${person.name} in Lever`, exact: true });
}

/** Step 13: *click the Lever icon to import the candidate*. */
export async function importIntoLever(who: Visitor, person: Person): Promise<void> {
  await importButton(who, person).click();
  await who.sees(viewLink(who, person));
}

/** The candidate's own page. */
export async function openCandidate(who: Visitor, person: Person): Promise<void> {
  await goToCandidates(who);
  await row(who, person).getByRole('link', { name: person.name, exact: true }).click();
  await expect(heading(who, person)).toBeVisible();
  await who.ready();
}

export function heading(who: Visitor, person: Person): Locator {
  return who.page.getByRole('heading', { name: person.name, exact: true });
}
