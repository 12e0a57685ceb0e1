/** Many candidates in one run: chosen by hand, or all that match. */
import { SERVER_AWAY } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import { Visitor } from '../fixtures/visitor.js';
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

    test('paused, killed and resumed, and a failed one is retried', async ({
      world,
      complaints,
    }) => {
      complaints.expect(SERVER_AWAY);
      const { ana, outside } = await connectedAtOnce(world);
      for (const person of [NOOR, THEO, IDA]) {
        await candidateWhoAnswered(ana, outside, person);
      }
      // Long enough to press a button meanwhile; and the key lacks a permission, once.
      await world.lever.fail([
        {
          endpoint: 'opportunities.list',
          kind: 'slow',
          delay_ms: 4_000,
          when: { probability: 1 },
        },
        { endpoint: 'opportunities.create', kind: 'permission-missing', when: { count: 1 } },
      ]);
      await ana.page.getByRole('button', { name: 'Import all that match', exact: true }).click();
      await expect(ana.page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/);
      const run = ana.page.url();
      await ana.page.getByRole('button', { name: 'Pause', exact: true }).click();
      await ana.sees(ana.page.getByText(/^Paused: \d+ of 3/));

      await world.fulcrum.restart('SIGKILL');
      await ana.open(run);
      await expect(ana.page.getByText(/^Paused: \d+ of 3/)).toBeVisible();
      await ana.page.getByRole('button', { name: 'Resume', exact: true }).click();
      const patient = new Visitor(ana.page, live, 60_000);
      await patient.sees(ana.page.getByText(/^Done: 3 of 3/));
      const failed = ana.page.getByRole('row').filter({ hasText: 'The API key may not create' });
      await expect(failed).toHaveCount(1);

      await world.lever.fail([]);
      await ana.page.getByRole('button', { name: 'Retry 1 failed', exact: true }).click();
      await patient.sees(ana.page.getByRole('listitem').filter({ hasText: 'In Lever 3' }));
      await patient.sees(ana.page.getByText(/^Done: 3 of 3/));
      for (const person of [NOOR, THEO, IDA]) {
        expect(await world.lever.opportunities(person.email)).toHaveLength(1);
      }
    });

    test('what is done with the chosen is there once somebody is chosen', async ({ world }) => {
      const { ana, outside } = await connectedAtOnce(world);
      await candidateWhoAnswered(ana, outside, NOOR);
      const deed = ana.page.getByRole('button', { name: 'Import selected', exact: true });
      await expect(deed).toBeHidden();
      const choice = row(ana, NOOR).getByRole('checkbox', { name: `Choose ${NOOR.name}` });
      await choice.check();
      await expect(deed).toBeVisible();
      await choice.uncheck();
      await expect(deed).toBeHidden();
    });
  });
}
