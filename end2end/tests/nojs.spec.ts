/** The whole article by plain forms, and every other change: no JavaScript, pages loaded again to see news. */
import { NOT_THERE } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import {
  candidateWhoAnswered,
  goToCandidates,
  importButton,
  openCandidate,
  row,
} from '../walk/candidates.js';
import { goToIntegrations } from '../walk/connect.js';
import { openInLever } from '../walk/lever-candidate.js';
import { syncNow } from '../walk/sections.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { navigation, signIn } from '../walk/sign-in.js';
import { DAILY_WORK, SET_UP, take } from '../walk/thirteen.js';
import { NOOR, type Person, THEO, begin } from '../walk/walk.js';

test.use({ live: false });

for (const tokens of ['account', 'per-webhook'] as const) {
  test.describe(`signing token: ${tokens}`, () => {
    test.use({ tokens });

    test('the thirteen steps without JavaScript', async ({ world }) => {
      await take(await begin(world), [...SET_UP, ...DAILY_WORK], test.step);
    });
  });
}

test('members, settings, templates and drafts without JavaScript', async ({ world, complaints }) => {
  complaints.expect(NOT_THERE);
  const admin = await world.visitor();
  const { page } = admin;
  const at = (path: string) => admin.open(`${world.fulcrum.url}${path}`);
  // A form that is on its way is not broken off by what comes next.
  const press = async (name: string) => {
    const answered = page.waitForEvent('load');
    await page.getByRole('button', { name, exact: true }).click();
    await answered;
  };
  await signIn(admin, world.fulcrum, MEMBERS.superAdmin.email);

  await test.step('a role is changed, an invitation withdrawn, a member removed', async () => {
    await navigation(admin, 'Members').click();
    const role = page.getByRole('combobox', { name: `Role of ${MEMBERS.ben.name}`, exact: true });
    await role.selectOption({ label: 'Admin' });
    await press(`Change the role of ${MEMBERS.ben.name}`);
    await page.reload();
    await expect(role.locator('option:checked')).toHaveText('Admin');

    await page.getByLabel('E-mail', { exact: true }).fill('cleo@demo.example');
    await press('Invite');
    await press('Withdraw the invitation of cleo@demo.example');
    await expect(page.getByText('cleo@demo.example')).toHaveCount(0);

    const ben = page.getByRole('row').filter({ hasText: MEMBERS.ben.name });
    await ben.getByText(`Remove ${MEMBERS.ben.name}`, { exact: true }).click();
    await ben.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByRole('row').filter({ hasText: MEMBERS.ana.name })).toBeVisible();
    await expect(ben).toHaveCount(0);
  });

  await test.step('the settings of imports are saved', async () => {
    await at('/settings');
    await page.getByLabel('Import on reply', { exact: true }).selectOption('by_itself');
    await page.getByLabel('Tags', { exact: true }).fill('sourced, autumn');
    await press('Save');
    await at('/settings');
    await expect(page.getByLabel('Import on reply', { exact: true })).toHaveValue('by_itself');
    await expect(page.getByLabel('Tags', { exact: true })).toHaveValue('sourced, autumn');
  });

  await test.step('a template is deleted, a draft discarded', async () => {
    await at('/messages/templates');
    await page.getByLabel('Name', { exact: true }).fill('First contact');
    await page.getByLabel('Text', { exact: true }).fill('Hi {first name}!');
    await press('Save');
    await press('Delete First contact');
    await expect(page.getByText('No templates yet', { exact: true })).toBeVisible();

    await at('/candidates/new');
    await page.getByLabel('Name', { exact: true }).fill(NOOR.name);
    await page.getByLabel('E-mail', { exact: true }).fill(NOOR.email);
    await press('Save');
    await at('/messages/new?all=1');
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Hi {first name}!');
    await press('Preview');
    await expect(page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/);
    const draft = page.url();
    await press('Discard');
    await expect(page).toHaveURL(/\/messages$/);
    await at(new URL(draft).pathname);
    await expect(page.getByRole('button', { name: 'Discard', exact: true })).toHaveCount(0);
  });
});

test('retried together, followed, erased and disconnected without JavaScript', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { admin, ana, inLever, lever, outside } = walk;
  const { page } = admin;

  await test.step('all failed imports are retried by one press', async () => {
    const failures = { endpoint: 'opportunities.create', kind: 'permission-missing' } as const;
    await lever.fail([{ ...failures, when: { count: 2 } }]);
    for (const person of [NOOR, THEO]) {
      await candidateWhoAnswered(ana, outside, person);
      await importButton(ana, person).click();
      await ana.sees(row(ana, person).getByRole('button', { name: `Retry import of ${person.name}` }));
    }
    await navigation(admin, 'Needs attention').click();
    await page.getByRole('button', { name: 'Retry all 2 failed imports', exact: true }).click();
    for (const person of [NOOR, THEO]) {
      await ana.sees(row(ana, person).getByRole('link', { name: `View ${person.name} in Lever` }));
      expect(await lever.opportunities(person.email)).toHaveLength(1);
    }
  });

  await test.step('another opportunity of the contact is followed', async () => {
    const known = (await lever.opportunities()).find(
      ({ emails }) => emails[0] && ![NOOR.email, THEO.email].includes(emails[0]),
    );
    const double: Person = { name: 'Robin Double', email: known?.emails[0] ?? '' };
    await candidateWhoAnswered(ana, outside, double);
    await importButton(ana, double).click();
    await ana.sees(row(ana, double).getByRole('button', { name: `Decide about ${double.name}` }));
    await openCandidate(ana, double);
    await ana.page.getByRole('button', { name: 'Add an opportunity', exact: true }).click();
    const look = ana.page.getByRole('button', { name: 'Look in Lever', exact: true });
    await ana.sees(look);
    await look.click();
    const list = ana.page.getByRole('region', { name: 'Opportunities of this contact', exact: true });
    const other = list.getByRole('listitem').filter({ has: ana.page.locator(`a[href$="${known?.id}"]`) });
    await other.getByRole('button', { name: /^Follow this one/ }).click();
    await expect(other.getByText('Counts', { exact: true })).toBeVisible();
    await expect(list.getByText(`Chosen by ${MEMBERS.ana.name}`, { exact: false })).toBeVisible();
  });

  await test.step('the data of somebody who was anonymised is erased at once', async () => {
    await openInLever(inLever, NOOR);
    await inLever.page.getByRole('button', { name: 'Anonymise', exact: true }).click();
    await syncNow(admin);
    await navigation(admin, 'Needs attention').click();
    const erase = page.getByRole('button', { name: `Erase ${NOOR.name} here now`, exact: true });
    await admin.sees(erase);
    await erase.click();
    await goToCandidates(ana);
    await expect(async () => {
      await ana.page.reload();
      await expect(row(ana, THEO)).toBeVisible();
      await expect(row(ana, NOOR)).toHaveCount(0, { timeout: 200 });
    }).toPass();
  });

  await test.step('Lever is disconnected, after a question', async () => {
    await goToIntegrations(admin);
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    const question = page.getByRole('dialog', { name: 'Disconnect Lever?', exact: true });
    await question.getByRole('button', { name: 'Disconnect Lever', exact: true }).click();
    await expect(page.getByText('Disconnected', { exact: true })).toBeVisible();
  });
});
