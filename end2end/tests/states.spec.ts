/** What is typed outlasts a cut line, a session that ended and a server that is away. */
import { REFUSED_FORM, SERVER_AWAY } from '../fixtures/complaints.js';
import { MEMBERS, PASSWORD } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults } from '../walk/axe.js';
import { signIn } from '../walk/sign-in.js';

test.use({ contents: 'people' });

const TEXT = 'Hello, would you like to talk about compilers?';
const OFFLINE = 'The server cannot be reached. What you type stays here';

/** Somebody's page with a message begun. */
async function writing(who: Visitor): Promise<void> {
  await who.page.locator('tbody a.row-link').first().click();
  await expect(who.page.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible();
  await who.ready();
  await who.page.getByRole('textbox', { name: 'Message', exact: true }).fill(TEXT);
}

async function sends(who: Visitor): Promise<void> {
  await who.page.getByRole('button', { name: 'Send message', exact: true }).click();
}

async function isSent(who: Visitor): Promise<void> {
  await expect(who.page.getByText(TEXT, { exact: true })).toBeVisible();
  await expect(who.page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('');
}

test('offline: a quiet line says so, the form keeps what was typed', async ({ world, complaints }) => {
  complaints.expect(SERVER_AWAY);
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await writing(ana);
  const { page } = ana;
  await ana.context.setOffline(true);
  await expect(page.getByText(OFFLINE)).toBeVisible();
  expect(await faults(ana, 'offline')).toEqual([]);
  await sends(ana);
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached');
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue(TEXT);

  await ana.context.setOffline(false);
  await expect(page.getByText(OFFLINE)).toBeHidden();
  await sends(ana);
  await isSent(ana);
});

test('signed out in mid-work: signing in beside the form, and sending it again', async ({
  world,
  complaints,
}) => {
  complaints.expect(REFUSED_FORM);
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await writing(ana);
  const { page } = ana;
  await ana.context.clearCookies();
  await sends(ana);
  const refused = page.getByRole('alert').filter({ has: page.getByRole('link', { name: 'Sign in' }) });
  await expect(refused.first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue(TEXT);
  expect(await faults(ana, 'signed out')).toEqual([]);

  const opened = ana.context.waitForEvent('page');
  await refused.first().getByRole('link', { name: 'Sign in' }).click();
  const tab = await opened;
  await tab.getByLabel('E-mail', { exact: true }).fill(MEMBERS.ana.email);
  await tab.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(tab).toHaveURL(/\/candidates$/);
  await tab.close();
  await sends(ana);
  await isSent(ana);
});

test('an error stands in place with a way to try again, and what was shown stays', async ({
  world,
  complaints,
}) => {
  complaints.expect(SERVER_AWAY);
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  const { page } = ana;
  // Tall enough for every row: the line at the foot then lies over none.
  await page.setViewportSize({ width: 1280, height: 1800 });
  const shown = await page.locator('tbody tr').count();
  await world.fulcrum.program.stop('SIGKILL');
  await page.getByRole('combobox', { name: 'Filter by status' }).selectOption('Responded');
  const failure = page.getByRole('alert').filter({ has: page.getByRole('link', { name: 'Try again' }) });
  await expect(failure).toBeVisible();
  await expect(page.locator('tbody tr')).toHaveCount(shown);
  expect(await faults(ana, 'an error')).toEqual([]);

  await world.fulcrum.program.start();
  await failure.getByRole('link', { name: 'Try again' }).click();
  await expect(failure).toBeHidden();
  await expect(page.locator('tbody tr')).toHaveCount(5);
  await expect(page).toHaveURL(/status=responded/);
});

test('nobody found leads back to everybody', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await ana.page.getByRole('searchbox', { name: 'Search candidates' }).fill('zzzzzz');
  await expect(ana.page.getByText('Nobody matches')).toBeVisible();
  await ana.page.getByRole('main').getByRole('link', { name: 'Show everybody' }).last().click();
  await expect(ana.page.locator('tbody tr').first()).toBeVisible();
  await expect(ana.page.getByRole('searchbox', { name: 'Search candidates' })).toHaveValue('');
});

test.describe('first use', () => {
  test.use({ contents: 'members' });

  test('the first screen says what to do first', async ({ world }) => {
    const ana = await world.visitor();
    await signIn(ana, world.fulcrum, MEMBERS.ana.email);
    await expect(ana.page.getByText('No candidates yet')).toBeVisible();
    await ana.page.getByRole('link', { name: 'Add the first candidate' }).click();
    await expect(ana.page).toHaveURL(/\/candidates\/new$/);
  });
});
