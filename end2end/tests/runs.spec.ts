/** A comparison with Lever repairs what no delivery brought, and shows what differed. */
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import { candidateWhoAnswered, heading, importIntoLever, seesStatus } from '../walk/candidates.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { goToSection } from '../walk/sections.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a lost delivery is a difference that leads to its candidate', async ({ world }) => {
      const { admin, ana, inLever, outside } = await connectedAtOnce(world);
      await candidateWhoAnswered(ana, outside, NOOR);
      await importIntoLever(ana, NOOR);
      await world.lever.behave({ delivery_drop: 1 });
      await openInLever(inLever, NOOR);
      await moveTo(inLever, 'Offer');

      await goToSection(admin, 'Reconciliation');
      await admin.page.getByRole('button', { name: 'Sync now', exact: true }).click();
      const differences = admin.page.getByRole('table', { name: 'Differences, newest first', exact: true });
      const row = differences.getByRole('row').filter({ hasText: NOOR.name });
      await admin.sees(row);
      await expect(row).toContainText('Stage Offer');
      await expect(row).toContainText('now Offer');
      await seesStatus(ana, NOOR, 'Offer');

      // The run is over, says what it took, and shows what it found.
      await admin.sees(admin.page.getByText('No run is under way.'));
      const runs = admin.page.getByRole('table', { name: 'Runs, newest first', exact: true });
      await admin.sees(runs.getByRole('row').filter({ hasText: 'Asked for, in full' }).first());
      await runs.getByRole('rowheader').first().getByRole('link').click();
      await expect(admin.page).toHaveURL(/\/integrations\/runs\?run=[0-9a-f-]{36}$/);
      await expect(
        admin.page.getByRole('heading', { name: /^Differences found by the run of/ }),
      ).toBeVisible();
      await expect(row).toBeVisible();
      if (live) {
        expect(await faults(admin, 'runs')).toEqual([]);
      }
      await row.getByRole('link', { name: NOOR.name, exact: true }).click();
      await expect(heading(admin, NOOR)).toBeVisible();
    });

    test('whoever asks during a run is told that another follows', async ({ world }) => {
      const { admin } = await connectedAtOnce(world);
      await goToSection(admin, 'Reconciliation');
      const sync = admin.page.getByRole('button', { name: 'Sync now', exact: true });
      const isOver = admin.page.getByText('No run is under way.');
      await admin.sees(isOver);
      const runs = admin.page.getByRole('table', { name: 'Runs, newest first', exact: true });
      const asked = runs.getByRole('row').filter({ hasText: 'Asked for, in full' });
      const before = await asked.count();
      await world.lever.fail([
        { endpoint: 'opportunities.list', kind: 'slow', delay_ms: 5_000, when: { count: 1 } },
      ]);
      await sync.click();
      await expect.poll(() => world.lever.failures()).toBe(1);
      await admin.page.reload();
      const follows = admin.page.getByText('A full run follows it');
      await expect(admin.page.getByRole('status').filter({ hasText: 'under way' })).toBeVisible();
      await expect(follows).toBeHidden();
      await sync.click();
      await expect(follows).toBeVisible();

      await admin.sees(isOver);
      await expect(asked).toHaveCount(before + 2);
    });
  });
}
