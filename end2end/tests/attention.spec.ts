/** What needs attention is mended in its row, and vanishes by itself. */
import { MEMBERS } from '../fixtures/fulcrum.js';
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
import { next, step } from '../walk/connect.js';
import { crowdThatAnswered } from '../walk/crowd.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { choose } from '../walk/maps.js';
import { syncNow } from '../walk/sections.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';
import { NOOR, type Walk } from '../walk/walk.js';

async function imported(walk: Walk): Promise<void> {
  await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
  await importIntoLever(walk.ana, NOOR);
  await openInLever(walk.inLever, NOOR);
}

/** The member is mapped to nobody, and nobody is the fallback. */
async function creditNobody(walk: Walk, member: string): Promise<void> {
  await openWizard(walk, walk.admin, 'users');
  await choose(walk.admin, member, 'Not mapped');
  await choose(walk.admin, 'Fallback user', 'Nobody');
  await next(walk.admin, 'Job Stage Mapping');
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

    test('a member without a Lever user is asked about until there is a fallback', async ({
      world,
    }) => {
      const walk = await connectedAtOnce(world);
      const { admin, fulcrum } = walk;
      await creditNobody(walk, MEMBERS.ben.name);

      await admin.open(`${fulcrum.url}/attention`);
      const item = admin.page
        .getByRole('listitem')
        .filter({ hasText: `${MEMBERS.ben.name} has no Lever user` });
      await admin.sees(item);
      await expect(item).toContainText('There is no fallback either, so their imports fail');
      await expect(admin.page.getByRole('status', { name: '1 open' })).toBeVisible();
      if (live) {
        expect(await faults(admin, 'a member without a Lever user')).toEqual([]);
      }
      await item.getByRole('link', { name: 'Open User Account Mapping', exact: true }).click();
      await expect(step(admin, 'User Account Mapping')).toBeVisible();
      await admin.ready();
      await choose(admin, 'Fallback user', 'Mara Lindqvist');
      await next(admin, 'Job Stage Mapping');
      await admin.open(`${fulcrum.url}/attention`);
      await admin.sees(admin.page.getByText('All is well', { exact: true }));
    });

    test('very many are reached page by page, and retried all at once', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { admin, ana, outside, fulcrum } = walk;
      await creditNobody(walk, MEMBERS.ana.name);
      await crowdThatAnswered(ana, outside, fulcrum.url, 55);
      await goToCandidates(ana);
      await ana.page.getByRole('searchbox', { name: 'Search candidates' }).fill('Answering');
      await ana.page.getByRole('searchbox', { name: 'Search candidates' }).press('Enter');
      await expect(ana.page).toHaveURL(/search=Answering/);
      await ana.ready();
      await ana.page.getByRole('button', { name: 'Import all that match', exact: true }).click();
      await ana.sees(ana.page.getByText('Done: 55 of 55'));

      await navigation(ana, 'Needs attention').click();
      const items = ana.page
        .getByRole('listitem')
        .filter({ hasText: 'was not imported into Lever' });
      await ana.sees(ana.page.getByText('50 of 55 are shown, the newest first.', { exact: true }));
      await expect(items).toHaveCount(50);
      await expect(ana.page.getByRole('status', { name: '55 open' })).toBeVisible();
      if (live) {
        expect(await faults(ana, 'many items')).toEqual([]);
      }
      await ana.page.getByRole('link', { name: 'Older', exact: true }).click();
      await expect(items).toHaveCount(5);
      await expect(ana.page).toHaveURL(/\/attention\?before=/);
      await ana.ready();

      await openWizard(walk, admin, 'users');
      await choose(admin, 'Fallback user', 'Mara Lindqvist');
      await next(admin, 'Job Stage Mapping');
      await ana.page
        .getByRole('button', { name: 'Retry all 55 failed imports', exact: true })
        .click();
      await ana.sees(ana.page.getByText('All is well', { exact: true }));
      await expect(ana.page.getByRole('status', { name: / open$/ })).toHaveCount(0);
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
