/** Many candidates in one run: chosen by hand, or all that match. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import { candidateWhoAnswered, goToCandidates, row, viewLink } from '../walk/candidates.js';
import { faults } from '../walk/axe.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR, type Person, THEO } from '../walk/walk.js';

const IDA: Person = { name: 'Ida Björk', email: 'ida.bjork@people.example' };

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('the chosen ones are imported, then all that match', async ({ world }) => {
      const { ana, outside } = await connectedAtOnce(world);
      for (const person of [NOOR, THEO, IDA]) {
        await candidateWhoAnswered(ana, outside, person);
      }
      for (const person of [NOOR, THEO]) {
        await row(ana, person).getByRole('checkbox', { name: `Choose ${person.name}` }).check();
      }
      await ana.page.getByRole('button', { name: 'Import selected', exact: true }).click();
      await expect(ana.page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/);
      await ana.sees(ana.page.getByText('Done: 2 of 2'));
      if (live) {
        expect(await faults(ana, 'a run')).toEqual([]);
      }
      for (const person of [NOOR, THEO]) {
        expect(await world.lever.opportunities(person.email)).toHaveLength(1);
      }
      expect(await world.lever.opportunities(IDA.email)).toHaveLength(0);

      await goToCandidates(ana);
      await ana.page.getByRole('button', { name: 'Import all that match', exact: true }).click();
      await expect(ana.page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/);
      await ana.sees(ana.page.getByText(/^Done: \d+ of \d+/));
      await goToCandidates(ana);
      for (const person of [NOOR, THEO, IDA]) {
        await ana.sees(viewLink(ana, person));
        expect(await world.lever.opportunities(person.email)).toHaveLength(1);
      }
    });

    test('nobody chosen is said beside the buttons', async ({
      world,
      complaints,
    }) => {
      complaints.expect(REFUSED_FORM);
      const { ana, outside } = await connectedAtOnce(world);
      await candidateWhoAnswered(ana, outside, NOOR);
      await ana.page.getByRole('button', { name: 'Import selected', exact: true }).click();
      await expect(ana.page.getByRole('alert')).toBeVisible();
      await expect(ana.page).toHaveURL(/\/candidates/);
    });
  });
}
