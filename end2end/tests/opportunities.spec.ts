/** Of several opportunities of one contact, which one counts is shown and can be changed. */
import type { Locator } from '@playwright/test';

import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import { goToCandidates, openCandidate, seesStatus, viewLink } from '../walk/candidates.js';
import { importKnownPerson } from '../walk/known-person.js';
import { moveTo } from '../walk/lever-candidate.js';
import { connectedAtOnce } from '../walk/shortcuts.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('follow another one, and back', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { ana, inLever } = walk;
      const { person, known } = await importKnownPerson(walk);
      await inLever.open(`${walk.lever.url}/candidates/${known}`);
      await moveTo(inLever, 'Offer');
      await ana.page.getByRole('button', { name: 'Add an opportunity', exact: true }).click();
      await goToCandidates(ana);
      await ana.sees(viewLink(ana, person));
      const added = (await viewLink(ana, person).getAttribute('href'))?.split('/').at(-1) ?? '';
      expect(added).not.toBe(known);

      await openCandidate(ana, person);
      const all = ana.page.getByRole('region', { name: 'Opportunities of this contact', exact: true });
      const one = (id: string): Locator =>
        all.getByRole('listitem').filter({ has: ana.page.locator(`a[href$="${id}"]`) });
      const follow = (id: string): Locator => one(id).getByRole('button', { name: /^Follow this one: / });
      const counts = (id: string): Locator => one(id).getByText('Counts', { exact: true });
      await all.getByRole('button', { name: 'Look in Lever', exact: true }).click();
      await ana.sees(follow(known));
      await expect(counts(added)).toBeVisible();
      await expect(follow(added)).toHaveCount(0);
      if (live) {
        expect(await faults(ana, 'several opportunities')).toEqual([]);
      }

      // From now on it is the other one that the status follows, and the link leads to.
      await follow(known).click();
      await ana.sees(counts(known));
      await expect(follow(added)).toBeVisible();
      await expect(all).toContainText('Chosen by Ana');
      await goToCandidates(ana);
      await seesStatus(ana, person, 'Offer');
      await expect(viewLink(ana, person)).toHaveAttribute('href', new RegExp(`${known}$`));

      await openCandidate(ana, person);
      await follow(added).click();
      await ana.sees(counts(added));
      await expect(follow(known)).toBeVisible();
      await goToCandidates(ana);
      await expect(viewLink(ana, person)).toHaveAttribute('href', new RegExp(`${added}$`));
    });
  });
}
