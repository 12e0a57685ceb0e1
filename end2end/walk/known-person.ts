/** Somebody whose e-mail Lever knows already. */
import { expect } from '@playwright/test';

import { candidateWhoAnswered, goToCandidates, heading, importButton, row } from './candidates.js';
import { navigation } from './sign-in.js';
import type { Person, Walk } from './walk.js';

/** Ana clicks the icon of somebody whose e-mail Lever knows; a decision is asked for. */
export async function importKnownPerson(walk: Walk): Promise<{ person: Person; known: string }> {
  const opportunity = (await walk.lever.opportunities())[0];
  if (!opportunity?.emails[0]) {
    throw new Error('the practice account has nobody with an e-mail');
  }
  const person = { name: `${opportunity.name} Junior`, email: opportunity.emails[0].toUpperCase() };
  await candidateWhoAnswered(walk.ana, walk.outside, person);
  await importButton(walk.ana, person).click();
  const decide = row(walk.ana, person).getByRole('button', {
    name: `Decide about ${person.name}`,
    exact: true,
  });
  await walk.ana.sees(decide);
  // It is among the things that need somebody, too.
  await navigation(walk.ana, 'Needs attention').click();
  await expect(walk.ana.page.getByText(new RegExp(person.name)).first()).toBeVisible();
  await goToCandidates(walk.ana);
  await decide.click();
  await expect(heading(walk.ana, person)).toBeVisible();
  await walk.ana.ready();
  return { person, known: opportunity.id };
}
