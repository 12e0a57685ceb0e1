/** A status set here moves the opportunity in Lever; what was moved in both is decided by a member. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import { candidateWhoAnswered, importIntoLever } from '../walk/candidates.js';
import { described, moveTo, openInLever } from '../walk/lever-candidate.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';
import { openCandidate, setStatus, switchOn } from '../walk/way-back.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a status set here is seen in Lever', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
      await importIntoLever(walk.ana, NOOR);
      await switchOn(walk.admin);
      await openCandidate(walk.ana, NOOR);
      await setStatus(walk.ana, 'Offer');
      await expect.poll(async () => (await world.lever.opportunities(NOOR.email))[0]?.stage).toBe('offer');
      await openInLever(walk.inLever, NOOR);
      await expect(described(walk.inLever, 'Stage')).toHaveText('Offer');

      await setStatus(walk.ana, 'Rejected');
      await expect(async () => {
        await walk.inLever.page.reload();
        await expect(
          walk.inLever.page.getByRole('button', { name: 'Unarchive', exact: true }),
        ).toBeVisible({ timeout: 1_000 });
      }).toPass();
      // It is the member who set it, whatever Lever tells of it.
      await walk.ana.sees(walk.ana.page.getByText('set by Ana Ruiz').first());
      await expect(walk.ana.page.getByRole('region', { name: 'Conflicting status' })).toHaveCount(0);
    });

    for (const [choice, stage, status] of [
      ['Keep Offer', 'Offer', 'Offer'],
      ['Take Screening from Lever', 'Recruiter screen', 'Screening'],
    ] as const) {
      test(`moved in both, and decided: ${choice}`, async ({ world }) => {
        const walk = await connectedAtOnce(world);
        await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
        await importIntoLever(walk.ana, NOOR);
        await switchOn(walk.admin);
        // Lever moves on, and nobody is told.
        await world.lever.behave({ delivery_drop: 1 });
        await openInLever(walk.inLever, NOOR);
        await moveTo(walk.inLever, 'Recruiter screen');

        await openCandidate(walk.ana, NOOR);
        await setStatus(walk.ana, 'Offer');
        const conflict = walk.ana.page.getByRole('region', { name: 'Conflicting status' });
        await walk.ana.sees(conflict);
        await expect(conflict).toContainText(/In Lever: Screening \(Stage Recruiter screen, by .+\)/);
        await expect(conflict).toContainText(/Here: Offer \(set by Ana Ruiz, .+\)/);
        await walk.inLever.page.reload();
        await expect(described(walk.inLever, 'Stage')).toHaveText('Recruiter screen');

        await conflict.getByRole('button', { name: choice, exact: true }).click();
        await expect(conflict).toHaveCount(0);
        await expect(async () => {
          await walk.inLever.page.reload();
          await expect(described(walk.inLever, 'Stage')).toHaveText(stage, { timeout: 1_000 });
        }).toPass();
        await expect(walk.ana.page.getByRole('combobox', { name: 'Status', exact: true })).toHaveValue(
          status.toLowerCase(),
        );
      });
    }

    test('what is new about a candidate is added to the contact', async ({ world, complaints }) => {
      complaints.expect(REFUSED_FORM);
      const walk = await connectedAtOnce(world);
      await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
      await importIntoLever(walk.ana, NOOR);
      await switchOn(walk.admin);
      await openCandidate(walk.ana, NOOR);
      await walk.ana.page.getByRole('link', { name: 'Change contact details', exact: true }).click();
      await expect(walk.ana.page).toHaveURL(/\/reach$/);
      await walk.ana.ready();
      const emails = walk.ana.page.getByRole('textbox', { name: 'E-mail addresses', exact: true });
      await expect(emails).toHaveValue(new RegExp(NOOR.email));
      await emails.fill(`${NOOR.email}\nnobody`);
      await walk.ana.page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(walk.ana.page.getByText('This is not an e-mail address.').first()).toBeVisible();
      await walk.ana.page
        .getByRole('textbox', { name: 'E-mail addresses', exact: true })
        .fill(`${NOOR.email}\nnoor@home.example`);
      await walk.ana.page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(walk.ana.page).toHaveURL(/\/candidates\/[0-9a-f-]{36}$/);
      await expect
        .poll(async () => (await world.lever.opportunities(NOOR.email))[0]?.emails)
        .toEqual([NOOR.email, 'noor@home.example']);
    });
  });
}
