/** What changes in Lever is noticed, held, proposed, looked at and applied. */
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import { candidateWhoAnswered, goToCandidates, importIntoLever, seesStatus } from '../walk/candidates.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { goToSection, syncNow } from '../walk/sections.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a renamed stage', async ({ world }) => {
      const { admin, ana, inLever, outside } = await connectedAtOnce(world);
      await candidateWhoAnswered(ana, outside, NOOR);
      await importIntoLever(ana, NOOR);
      await openInLever(inLever, NOOR);
      await moveTo(inLever, 'Phone interview');
      await seesStatus(ana, NOOR, 'Screening');

      await world.lever.renameStage('Phone interview', 'Offer out');
      await syncNow(admin);
      // The card leads there.
      const link = admin.page.getByRole('link', { name: 'Look at the changes', exact: true });
      await admin.sees(link);
      await link.click();
      await expect(admin.page).toHaveURL(/\/integrations\/changes$/);
      await admin.ready();
      const asked = admin.page.getByRole('region', { name: 'What does it mean here?', exact: true });
      await admin.sees(asked.getByText(/Stage Phone interview is now called Offer out\./));
      const choice = asked.getByRole('combobox', { name: 'Offer out', exact: true });
      await expect(choice.locator('option:checked')).toHaveText('Offer');
      const preview = asked.getByRole('status');
      await expect(preview).toHaveText('This moves 1 person: 1 Screening → Offer.');
      if (live) {
        expect(await faults(admin, 'changes')).toEqual([]);
      }

      await choice.selectOption({ label: 'Interviewing' });
      await asked.getByRole('button', { name: 'Preview', exact: true }).click();
      await expect(preview).toHaveText('This moves 1 person: 1 Screening → Interviewing.');
      await expect(choice.locator('option:checked')).toHaveText('Interviewing');
      // Nothing is saved by looking.
      await seesStatus(ana, NOOR, 'Screening');

      await asked.getByRole('button', { name: 'Apply', exact: true }).click();
      await expect(admin.page.getByText('Nothing to decide', { exact: true })).toBeVisible();
      await goToCandidates(ana);
      await seesStatus(ana, NOOR, 'Interviewing');
      await expect(
        admin.page.getByRole('cell', { name: 'Stage Phone interview is now called Offer out.' }),
      ).toBeVisible();
    });
  });
}

test('nothing to decide says so', async ({ world }) => {
  const { admin } = await connectedAtOnce(world);
  await goToSection(admin, 'Changes');
  await expect(admin.page.getByText('Nothing to decide', { exact: true })).toBeVisible();
});
