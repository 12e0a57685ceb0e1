/** The two maps: searched, previewed before they are saved, edited by two people at once. */
import { type Locator, expect } from '@playwright/test';

import { REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults } from '../walk/axe.js';
import { candidateWhoAnswered, importIntoLever, seesStatus } from '../walk/candidates.js';
import { dialog, press } from '../walk/connect.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { choice, choose, expectChosen } from '../walk/maps.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';
import { NOOR } from '../walk/walk.js';

function search(who: Visitor): Locator {
  return dialog(who).getByRole('searchbox', { name: 'Search stages and reasons', exact: true });
}

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('stages and reasons are searched, and saved whole', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { admin } = walk;
      await openWizard(walk, admin, 'stages');
      await choose(admin, 'Offer declined', 'Not mapped');
      await press(admin, 'Save');
      await expect(admin.page).toHaveURL(/\/integrations$/);

      await openWizard(walk, admin, 'stages');
      const show = dialog(admin).getByRole('button', { name: 'Show', exact: true });
      await search(admin).fill('DECLINED offer');
      if (!live) {
        await show.click();
      }
      await expect(choice(admin, 'Offer declined')).toBeVisible();
      await expect(choice(admin, 'Offer')).toBeHidden();
      await search(admin).fill('no such stage');
      if (!live) {
        await show.click();
      }
      await expect(dialog(admin).getByText('No stage and no archive reason is found.')).toBeVisible();
      await search(admin).fill('');
      await dialog(admin).getByLabel('Only unmapped', { exact: true }).check();
      if (!live) {
        await show.click();
      }
      await expect(choice(admin, 'Offer declined')).toBeVisible();
      await expect(choice(admin, 'Hired')).toBeHidden();
      await choose(admin, 'Offer declined', 'Withdrawn');
      await press(admin, 'Save');
      await expect(admin.page).toHaveURL(/\/integrations$/);
      await openWizard(walk, admin, 'stages');
      await expectChosen(admin, 'Offer declined', /^Withdrawn$/);
      await expectChosen(admin, 'Hired', /^Hired$/);
    });

    test('whom a change would move is shown before it is saved', async ({ world }) => {
      const walk = await connectedAtOnce(world);
      const { admin, ana, inLever, outside } = walk;
      await candidateWhoAnswered(ana, outside, NOOR);
      await importIntoLever(ana, NOOR);
      await openInLever(inLever, NOOR);
      await moveTo(inLever, 'Offer');
      await seesStatus(ana, NOOR, 'Offer');

      await openWizard(walk, admin, 'stages');
      await choose(admin, 'Offer', 'Interviewing');
      await press(admin, 'Preview');
      const preview = dialog(admin).getByText(/This moves 1 person: 1 Offer → Interviewing\./);
      await expect(preview).toBeVisible();
      await expectChosen(admin, 'Offer', /^Interviewing$/);
      if (live) {
        await expect(dialog(admin).getByRole('button', { name: 'Preview', exact: true })).toBeFocused();
        expect(await faults(admin, 'a preview')).toEqual([]);
      }
      await press(admin, 'Back to what is saved');
      await expect(preview).toHaveCount(0);
      await expectChosen(admin, 'Offer', /^Offer$/);
      await seesStatus(ana, NOOR, 'Offer');

      await choose(admin, 'Offer', 'Interviewing');
      await press(admin, 'Save');
      await expect(dialog(admin)).toHaveCount(0);
      await seesStatus(ana, NOOR, 'Interviewing');
    });

    test('the second of two people who save is told, and can keep both', async ({
      world,
      complaints,
    }) => {
      complaints.expect(REFUSED_FORM);
      const walk = await connectedAtOnce(world);
      const { admin } = walk;
      const second = await world.visitor();
      await signIn(second, world.fulcrum, MEMBERS.superAdmin.email);
      await openWizard(walk, admin, 'stages');
      await openWizard(walk, second, 'stages');

      await choose(second, 'Offer', 'Hired');
      await choose(admin, 'Offer', 'Interviewing');
      await choose(admin, 'Timing', 'Withdrawn');
      await press(admin, 'Save');
      await expect(dialog(admin)).toHaveCount(0);

      // What they chose meanwhile was not drawn over.
      await expectChosen(second, 'Offer', /^Hired$/);
      await press(second, 'Save');
      const told = 'Somebody saved “Interviewing” here meanwhile. Save again to keep your choice.';
      await expect(dialog(second).getByText(told, { exact: true })).toBeVisible();
      await expectChosen(second, 'Offer', /^Hired$/);
      if (live) {
        expect(await faults(second, 'a conflict')).toEqual([]);
      }
      await press(second, 'Save');
      await expect(dialog(second)).toHaveCount(0);

      await openWizard(walk, admin, 'stages');
      await expectChosen(admin, 'Offer', /^Hired$/);
      // What the second did not touch is what the first saved.
      await expectChosen(admin, 'Timing', /^Withdrawn$/);
    });
  });
}

test('the keyboard goes from the search to the first row that is found', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  await openWizard(walk, walk.admin, 'stages');
  await search(walk.admin).fill('timing');
  await expect(dialog(walk.admin).getByText('1 of 16', { exact: true })).toBeVisible();
  await search(walk.admin).press('Enter');
  await expect(choice(walk.admin, 'Timing')).toBeFocused();
});
