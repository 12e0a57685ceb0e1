/** What was done is said, once, in the region that screen readers listen to. */
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { candidateWhoAnswered, openCandidate } from '../walk/candidates.js';
import { goToIntegrations, press } from '../walk/connect.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';
import { setStatus } from '../walk/way-back.js';

test('of a living form, of a drawn one, and of one that leads elsewhere', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { admin, ana, outside } = walk;
  const { page } = admin;
  const at = (path: string) => admin.open(`${world.fulcrum.url}${path}`);
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  await at('/members');
  // The region is there before anything is said in it.
  const region = page.locator('.toasts');
  await expect(region).toHaveRole('status');
  await expect(region).toBeEmpty();
  const said = (text: string) => expect(region).toHaveText(text);

  await page.getByRole('combobox', { name: `Role of ${MEMBERS.ben.name}` }).selectOption({ label: 'Admin' });
  await button(`Change the role of ${MEMBERS.ben.name}`).click();
  await said(`Role of ${MEMBERS.ben.name} changed`);
  // And gone by itself.
  await expect(region).toBeEmpty();
  await page.getByLabel('E-mail', { exact: true }).fill('cleo@demo.example');
  await button('Invite').click();
  await said('The invite link is ready');
  await button('Withdraw the invitation of cleo@demo.example').click();
  await said('Invitation of cleo@demo.example withdrawn');
  await page.getByText(`Remove ${MEMBERS.ben.name}`, { exact: true }).click();
  await page.getByRole('row').filter({ hasText: MEMBERS.ben.name }).getByRole('button', { name: 'Remove' }).click();
  await said(`${MEMBERS.ben.name} removed`);

  await at('/messages/templates');
  await page.getByLabel('Name', { exact: true }).fill('First contact');
  await page.getByLabel('Text', { exact: true }).fill('Hi {first name}!');
  await button('Save').click();
  await said('Template saved');
  await button('Delete First contact').click();
  await said('Template First contact deleted');

  await goToIntegrations(admin);
  await button('Sync now').click();
  await said('Candidates are compared with Lever');
  await openWizard(walk, admin, 'users');
  await press(admin, 'Next');
  await said('User Account Mapping saved');
  await press(admin, 'Save');
  await said('Job Stage Mapping saved');
  await at('/integrations/way-back');
  await button('Save').click();
  await said('The way back is saved');

  await candidateWhoAnswered(ana, outside, NOOR);
  await openCandidate(ana, NOOR);
  await setStatus(ana, 'Screening');
  await expect(ana.page.locator('.toasts')).toHaveText('Status set');
});
