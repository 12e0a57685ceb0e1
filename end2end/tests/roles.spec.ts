/** Who sees and may do what; joining by a link. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { addCandidate } from '../walk/candidates.js';
import { goToIntegrations } from '../walk/connect.js';
import { navigation, signIn, signOut } from '../walk/sign-in.js';
import { NOOR } from '../walk/walk.js';

test('a recruiter has no Members, and is told who can integrate', async ({ world, complaints }) => {
  complaints.expect(REFUSED_FORM);
  const who = await world.visitor();
  await signIn(who, world.fulcrum, MEMBERS.ana.email);
  await expect(navigation(who, 'Needs attention')).toBeVisible();
  await expect(navigation(who, 'Members')).toHaveCount(0);
  await goToIntegrations(who);
  await expect(who.page.getByText(new RegExp(MEMBERS.superAdmin.name)).first()).toBeVisible();
  await expect(who.page.getByRole('button', { name: 'Integrate', exact: true })).toHaveCount(0);
  for (const path of ['/members', '/integrations/lever?step=connect']) {
    await who.open(`${world.fulcrum.url}${path}`);
    await expect(who.page.getByText(/Your role does not allow this/)).toBeVisible();
    await expect(who.page.getByLabel('API key', { exact: true })).toHaveCount(0);
  }
});

test('an Admin manages members below Super Admin and cannot integrate', async ({ world }) => {
  const who = await world.visitor();
  await signIn(who, world.fulcrum, MEMBERS.admin.email);
  await goToIntegrations(who);
  await expect(who.page.getByRole('button', { name: 'Integrate', exact: true })).toHaveCount(0);
  await expect(who.page.getByText(new RegExp(MEMBERS.superAdmin.name)).first()).toBeVisible();
  await navigation(who, 'Members').click();
  await expect(who.page.getByRole('table')).toBeVisible();
  const offered = who.page.getByLabel('Role', { exact: true }).locator('option');
  await expect(offered.filter({ hasText: /^Recruiter$/ })).toHaveCount(1);
  await expect(offered.filter({ hasText: /^Super Admin$/ })).toHaveCount(0);
});

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a member is invited by a link, joins and works', async ({ world, complaints }) => {
      complaints.expect(REFUSED_FORM);
      const admin = await world.visitor();
      await signIn(admin, world.fulcrum, MEMBERS.superAdmin.email);
      await navigation(admin, 'Members').click();
      await admin.page.getByLabel('E-mail', { exact: true }).fill('cleo@demo.example');
      await admin.page.getByLabel('Role', { exact: true }).selectOption({ label: 'Recruiter' });
      await admin.page.getByRole('button', { name: 'Invite', exact: true }).click();
      const shown = admin.page.getByRole('textbox', { name: 'Invite link', exact: true });
      await expect(shown).toBeVisible();
      const link = await shown.inputValue();
      expect(link).toContain(`${world.fulcrum.url}/invite/`);

      const cleo = await world.visitor();
      await cleo.open(link);
      await cleo.page.getByLabel('Name', { exact: true }).fill('Cleo Marsh');
      await cleo.page.getByLabel('Password', { exact: true }).fill('a long enough password');
      await cleo.page.getByRole('button', { name: 'Join', exact: true }).click();
      await expect(navigation(cleo, 'Candidates')).toBeVisible();
      await cleo.ready();
      await expect(navigation(cleo, 'Members')).toHaveCount(0);
      await addCandidate(cleo, NOOR);
      await signOut(cleo);
      await signIn(cleo, world.fulcrum, 'Cleo@Demo.Example', 'a long enough password');

      // The link works once.
      const other = await world.visitor();
      await other.open(link);
      await expect(other.page.getByText(/This link was used already or has expired/)).toBeVisible();
      await admin.page.reload();
      await expect(admin.page.getByRole('row').filter({ hasText: 'Cleo Marsh' })).toBeVisible();
      await expect(admin.page.getByRole('textbox', { name: 'Invite link' })).toHaveCount(0);
    });
  });
}

test('after signing out nothing is shown, and signing in leads back', async ({ world, complaints }) => {
  complaints.expect(REFUSED_FORM);
  const who = await world.visitor();
  await signIn(who, world.fulcrum, MEMBERS.superAdmin.email);
  await signOut(who);
  await who.open(`${world.fulcrum.url}/members`);
  await expect(who.page).toHaveURL(/\/sign-in\?next=/);
  await who.page.getByLabel('E-mail', { exact: true }).fill(MEMBERS.superAdmin.email);
  await who.page.getByLabel('Password', { exact: true }).fill('fulcrum-demo');
  await who.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(who.page).toHaveURL(/\/members$/);
});
