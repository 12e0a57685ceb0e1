/** A person who is known in Lever is never imported on a guess. */
import { expect, test } from '../fixtures/test.js';
import { goToCandidates, viewLink } from '../walk/candidates.js';
import { importKnownPerson } from '../walk/known-person.js';
import { connectedAtOnce } from '../walk/shortcuts.js';

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
