/** What needs attention is mended in its row, and vanishes by itself. */
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import {
  candidateWhoAnswered,
  goToCandidates,
  heading,
  importIntoLever,
  row as candidateRow,
  seesStatus,
} from '../walk/candidates.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { syncNow } from '../walk/sections.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';
import { NOOR, type Walk } from '../walk/walk.js';

async function imported(walk: Walk): Promise<void> {
  await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
  await importIntoLever(walk.ana, NOOR);
  await openInLever(walk.inLever, NOOR);
}

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a stage without a status is mapped in its row', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { admin, ana, inLever } = walk;
      await imported(walk);
      await world.lever.addStage('Panel interview');
      await inLever.page.reload();
      await moveTo(inLever, 'Panel interview');

      await navigation(admin, 'Needs attention').click();
      const item = admin.page.getByRole('listitem').filter({ hasText: 'Stage Panel interview' });
      const choice = item.getByRole('combobox', { name: 'Panel interview', exact: true });
      await admin.sees(choice);
      await expect(choice.locator('option:checked')).toHaveText('Interviewing');
      await expect(item).toContainText('This moves 1 person: 1 Responded → Interviewing.');
      await expect(admin.page.getByRole('status', { name: '1 open' })).toBeVisible();
      if (live) {
        expect(await faults(admin, 'attention')).toEqual([]);
      }
      await item.getByRole('button', { name: 'Apply what Panel interview means', exact: true }).click();
      await admin.sees(admin.page.getByText('All is well', { exact: true }));
      await seesStatus(ana, NOOR, 'Interviewing');
    });

    test('what becomes of the data of somebody who was anonymised', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { admin, ana, inLever } = walk;
      await imported(walk);
      await inLever.page.getByRole('button', { name: 'Anonymise', exact: true }).click();
      // No delivery tells of it: a comparison does.
      await syncNow(admin);

      await navigation(admin, 'Needs attention').click();
      const item = admin.page.getByRole('listitem').filter({ hasText: `${NOOR.name} was anonymised` });
      await admin.sees(item);
      await expect(item.getByRole('button', { name: 'Keep the data', exact: true })).toBeVisible();
      await item.getByRole('link', { name: 'Open the candidate', exact: true }).click();
      await expect(heading(admin, NOOR)).toBeVisible();
      await admin.ready();
      const question = admin.page.getByRole('region', { name: 'Anonymised in Lever', exact: true });
      await expect(question).toContainText('it is erased here on');
      if (live) {
        expect(await faults(admin, 'an anonymised candidate')).toEqual([]);
      }
      // A recruiter is told, and cannot decide.
      await goToCandidates(ana);
      await candidateRow(ana, NOOR).getByRole('link', { name: NOOR.name, exact: true }).click();
      await expect(heading(ana, NOOR)).toBeVisible();
      await expect(ana.page.getByRole('button', { name: 'Keep the data', exact: true })).toHaveCount(0);

      await question.getByRole('button', { name: 'Keep the data', exact: true }).click();
      await expect(question).toHaveCount(0);
      await navigation(admin, 'Needs attention').click();
      await expect(admin.page.getByText('All is well', { exact: true })).toBeVisible();
      await goToCandidates(ana);
      await expect(candidateRow(ana, NOOR)).toBeVisible();
    });
  });
}
