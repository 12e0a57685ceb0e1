/** The connection beside the manual way: set up by the API, switched off and on, resumed. */
import { expect, test } from '../fixtures/test.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { candidateWhoAnswered, importIntoLever, seesStatus } from '../walk/candidates.js';
import { dialog, field, goToIntegrations, next, press, step } from '../walk/connect.js';
import { EVENTS } from '../walk/events.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { goTo } from '../walk/lever-settings.js';
import { choose, expectChosen } from '../walk/maps.js';
import { connected, openWizard, readyToPaste, setUpAsFarAs } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';
import { NOOR, begin, carried } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('one button connects the practice Lever', async ({ world }) => {
      const walk = await begin(world);
      await signIn(walk.admin, world.fulcrum, MEMBERS.superAdmin.email);
      await goToIntegrations(walk.admin);
      await walk.admin.page.getByRole('button', { name: 'Connect the practice Lever' }).click();
      await walk.admin.sees(walk.admin.page.getByText('Connected', { exact: true }));
      await signIn(walk.ana, world.fulcrum, MEMBERS.ana.email);
      await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
      await importIntoLever(walk.ana, NOOR);
      await openInLever(walk.inLever, NOOR);
      await moveTo(walk.inLever, 'Offer');
      await seesStatus(walk.ana, NOOR, 'Offer');
    });

    test('the webhooks are registered by one press', async ({ world }) => {
      const walk = await readyToPaste(world);
      await field(walk.admin, 'API key').fill(carried(walk, 'key'));
      await press(walk.admin, 'Register the webhooks for me');
      for (const event of EVENTS) {
        await walk.admin.sees(
          walk.admin.page.getByText(new RegExp(`^${event}: verified \\d\\d:\\d\\d$`)),
        );
      }
      // Candidate Deleted as well, the last of them: it has no light here to wait for.
      await expect(async () => {
        await walk.inLever.open(`${world.lever.url}/settings/webhooks`);
        const made = walk.inLever.page.getByText(/Made through the API/);
        expect(await made.count()).toBe(EVENTS.length + 1);
      }).toPass({ timeout: walk.inLever.patience });
    });

    test('an unfinished set-up is resumed where it was left', async ({ world }) => {
      const walk = await setUpAsFarAs(world, 10);
      await choose(walk.admin, MEMBERS.ben.name, 'Jonas Weber');
      await next(walk.admin, 'Job Stage Mapping');
      // Back, and forth again.
      await dialog(walk.admin).getByRole('link', { name: 'Back', exact: true }).click();
      await expect(step(walk.admin, 'User Account Mapping')).toBeVisible();
      await walk.admin.ready();
      await expectChosen(walk.admin, MEMBERS.ben.name, /^Jonas Weber/);
      // A second browser goes on at the step that was left.
      const other = await world.visitor();
      await signIn(other, world.fulcrum, MEMBERS.superAdmin.email);
      await goToIntegrations(other);
      await expect(other.page.getByText('Set-up unfinished', { exact: true })).toBeVisible();
      await other.page.getByRole('button', { name: 'Integrate', exact: true }).click();
      await expect(step(other, 'Job Stage Mapping')).toBeVisible();
    });
  });
}

test('a step too early leads to the first unfinished one', async ({ world }) => {
  const walk = await begin(world);
  await signIn(walk.admin, world.fulcrum, MEMBERS.superAdmin.email);
  await walk.admin.open(`${world.fulcrum.url}/integrations/lever?step=stages`);
  await expect(step(walk.admin, 'Connect Lever')).toBeVisible();
  await expect(walk.admin.page).toHaveURL(/\?step=connect$/);
});

test('disconnecting keeps the maps, reconnecting resumes', async ({ world }) => {
  const walk = await connected(world);
  await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
  await importIntoLever(walk.ana, NOOR);
  const { page } = walk.admin;
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'Disconnect Lever?' });
  await expect(question).toContainText('Stays');
  await question.getByRole('button', { name: 'Disconnect Lever', exact: true }).click();
  await expect(page.getByText('Disconnected', { exact: true })).toBeVisible();

  // Nothing from Lever is acted on meanwhile.
  await openInLever(walk.inLever, NOOR);
  await moveTo(walk.inLever, 'Offer');

  await openWizard(walk, walk.admin, 'connect');
  await field(walk.admin, 'API key').fill(carried(walk, 'key'));
  await field(walk.admin, 'Webhook signing token').fill(carried(walk, 'signingTokens'));
  await next(walk.admin, 'User Account Mapping');
  await expectChosen(walk.admin, MEMBERS.ben.name, /^Jonas Weber/);
  await next(walk.admin, 'Job Stage Mapping');
  await press(walk.admin, 'Save');
  await expect(page.getByText('Connected', { exact: true })).toBeVisible();
  // What was missed is caught up with.
  await seesStatus(walk.ana, NOOR, 'Offer');
});

test('a revoked key asks for a new one in place, and nothing is lost', async ({ world }) => {
  const walk = await connected(world);
  await candidateWhoAnswered(walk.ana, walk.outside, NOOR);
  await goTo(walk.inLever, 'Settings', 'API credentials');
  await walk.inLever.page.getByRole('button', { name: 'Revoke CodeSignal', exact: true }).click();
  await walk.ana.page.getByRole('button', { name: `Import ${NOOR.name} into Lever` }).click();
  await goToIntegrations(walk.admin);
  await walk.admin.sees(walk.admin.page.getByText('Credentials rejected', { exact: true }));
  await walk.admin.page.getByRole('button', { name: 'Reconnect', exact: true }).click();
  await expect(step(walk.admin, 'Connect Lever')).toBeVisible();
  await field(walk.admin, 'API key').fill('practice-key');
  await next(walk.admin, 'User Account Mapping');
  await walk.ana.sees(walk.ana.page.getByRole('link', { name: `View ${NOOR.name} in Lever` }));
});
