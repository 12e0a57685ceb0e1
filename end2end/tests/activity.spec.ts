/** The log: searched, and a delivery opened and applied again. */
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import { candidateWhoAnswered, goToCandidates, importIntoLever, row, seesStatus } from '../walk/candidates.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';
import { NOOR } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('calls, deliveries and decisions are found, and a delivery is replayed', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { ana, admin, outside } = walk;
      await candidateWhoAnswered(ana, outside, NOOR);
      await importIntoLever(ana, NOOR);
      await openInLever(walk.inLever, NOOR);
      await moveTo(walk.inLever, 'Offer');
      await goToCandidates(ana);
      await seesStatus(ana, NOOR, 'Offer');

      await navigation(admin, 'Activity').click();
      await expect(admin.page.getByRole('heading', { name: 'Activity', exact: true })).toBeVisible();
      await admin.ready();
      const find = async (what: string, name = '') => {
        await admin.page.getByRole('combobox', { name: 'What', exact: true }).selectOption({ label: what });
        await admin.page.getByRole('searchbox', { name: 'Candidate', exact: true }).fill(name);
        const drawn = live ? admin.page.waitForResponse(/draw_activity/) : undefined;
        await admin.page.getByRole('button', { name: 'Search', exact: true }).click();
        await drawn;
        await admin.page.waitForURL(/what=|name=/);
        await admin.ready();
      };
      await find('Calls to Lever', 'noor');
      await admin.sees(admin.page.getByText('Asked Lever: create opportunity, for an import.').first());
      await find('Audit log');
      await admin.sees(admin.page.getByText('Asked to import Noor Haddad into Lever.'));
      await expect(admin.page.getByText(/^Asked Lever/)).toHaveCount(0);
      await find('Deliveries from Lever', 'noor');
      await admin.sees(admin.page.getByText(/Delivery Candidate Stage Change about Noor Haddad/).first());
      if (live) {
        expect(await faults(admin, 'the log')).toEqual([]);
      }
      await admin.page.getByRole('link', { name: 'Open delivery', exact: true }).first().click();
      await expect(admin.page).toHaveURL(/\/activity\/deliveries\/[0-9a-f-]{36}$/);
      await admin.ready();
      await expect(admin.page.getByRole('heading', { name: 'What was read from Lever' })).toBeVisible();
      await expect(admin.page.getByRole('region', { name: 'Body' })).toContainText('candidateStageChange');
      if (live) {
        expect(await faults(admin, 'a delivery')).toEqual([]);
      }
      await admin.page.getByRole('button', { name: 'Replay', exact: true }).click();
      await admin.sees(admin.page.getByText('Applied', { exact: true }));
      await expect(row(ana, NOOR).getByRole('cell', { name: 'Offer', exact: true })).toBeVisible();

      // From the candidate's history, for those who may open it.
      await navigation(admin, 'Candidates').click();
      await admin.page.getByRole('link', { name: NOOR.name, exact: true }).click();
      await admin.ready();
      await expect(admin.page.getByRole('link', { name: 'Delivery', exact: true }).first()).toBeVisible();
    });
  });
}

test('the log shows what happens as it happens, and leaves what somebody types alone', async ({ world }) => {
  const { ana, admin, outside } = await connectedAtOnce(world);
  await navigation(admin, 'Activity').click();
  await admin.ready();
  const name = admin.page.getByRole('searchbox', { name: 'Candidate', exact: true });
  await name.fill('nobody');
  await candidateWhoAnswered(ana, outside, NOOR);
  await admin.sees(admin.page.getByText('Added Noor Haddad.'));
  await expect(name).toHaveValue('nobody');
  await expect(name).toBeFocused();
});
