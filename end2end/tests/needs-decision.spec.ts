/** A person who is known in Lever is never imported on a guess. */
import { expect, test } from '../fixtures/test.js';
import {
  candidateWhoAnswered,
  goToCandidates,
  importButton,
  row,
  viewLink,
} from '../walk/candidates.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';
import type { Person, Walk } from '../walk/walk.js';

/** Ana clicks the icon of somebody whose e-mail Lever knows; a decision is asked for. */
async function importKnownPerson(walk: Walk): Promise<{ person: Person; known: string }> {
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
  await expect(walk.ana.page.getByRole('heading', { name: person.name, exact: true })).toBeVisible();
  await walk.ana.ready();
  return { person, known: opportunity.id };
}

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('link to this one', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { person, known } = await importKnownPerson(walk);
      const before = await walk.lever.opportunities(person.email);
      const match = walk.ana.page
        .getByRole('row')
        .or(walk.ana.page.getByRole('listitem'))
        .filter({ has: walk.ana.page.locator(`a[href$="${known}"]`) });
      await match.getByRole('button', { name: 'Link to this one', exact: true }).click();
      await walk.ana.sees(walk.ana.page.locator(`a[href$="${known}"]`).first());
      await goToCandidates(walk.ana);
      await walk.ana.sees(viewLink(walk.ana, person));
      await expect(viewLink(walk.ana, person)).toHaveAttribute('href', new RegExp(`${known}$`));
      expect(await walk.lever.opportunities(person.email)).toHaveLength(before.length);
    });

    test('add an opportunity', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { person, known } = await importKnownPerson(walk);
      const before = await walk.lever.opportunities(person.email);
      await walk.ana.page.getByRole('button', { name: 'Add an opportunity', exact: true }).click();
      await goToCandidates(walk.ana);
      await walk.ana.sees(viewLink(walk.ana, person));
      const after = await walk.lever.opportunities(person.email);
      expect(after).toHaveLength(before.length + 1);
      // One person in Lever, not two.
      expect(new Set(after.map(({ contact }) => contact)).size).toBe(1);
      await expect(viewLink(walk.ana, person)).not.toHaveAttribute('href', new RegExp(`${known}$`));
    });
  });
}
