/** Wrong input gets a sentence beside its field; nothing typed is lost, nothing else changes. */
import type { Locator } from '@playwright/test';

import { REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { addCandidate, goToCandidates, row } from '../walk/candidates.js';
import { dialog, field, light, next, press, step } from '../walk/connect.js';
import { EVENTS } from '../walk/events.js';
import { generateLimitedKey } from '../walk/lever-settings.js';
import { choice, choose, expectChosen } from '../walk/maps.js';
import { openWizard, readyToPaste, setUpAsFarAs } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';
import { NOOR, begin, carried } from '../walk/walk.js';

test.beforeEach(({ complaints }) => {
  complaints.expect(REFUSED_FORM);
});

/** The sentence stands beside the field, and a screen reader hears it there. */
async function isBeside(control: Locator, sentence: RegExp): Promise<void> {
  await expect(control).toHaveAttribute('aria-invalid', 'true');
  await expect(control).toHaveAccessibleDescription(sentence);
}

test('a wrong API key', async ({ world }) => {
  const walk = await begin(world);
  await signIn(walk.admin, world.fulcrum, MEMBERS.superAdmin.email);
  await openWizard(walk, walk.admin, 'connect');
  await field(walk.admin, 'API key').fill('not-a-key-of-lever');
  await field(walk.admin, 'Webhook signing token').fill('a-token');
  await press(walk.admin, 'Next');
  await isBeside(field(walk.admin, 'API key'), /Lever does not accept this key/);
  await expect(field(walk.admin, 'API key')).toHaveValue('not-a-key-of-lever');
  await expect(field(walk.admin, 'Webhook signing token')).toHaveValue('a-token');
  await expect(step(walk.admin, 'Connect Lever')).toBeVisible();
});

test('no API key and no token', async ({ world }) => {
  const walk = await begin(world);
  await signIn(walk.admin, world.fulcrum, MEMBERS.superAdmin.email);
  await openWizard(walk, walk.admin, 'connect');
  await press(walk.admin, 'Next');
  await isBeside(field(walk.admin, 'API key'), /Paste the API key generated in Lever/);
});

test('a key without a permission', async ({ world }) => {
  const walk = await begin(world);
  const key = await generateLimitedKey(walk.inLever);
  await signIn(walk.admin, world.fulcrum, MEMBERS.superAdmin.email);
  await openWizard(walk, walk.admin, 'connect');
  await field(walk.admin, 'API key').fill(key);
  await field(walk.admin, 'Webhook signing token').fill('a-token');
  await press(walk.admin, 'Next');
  await isBeside(field(walk.admin, 'API key'), /lacks a permission/);
  // The table says which, and what to tick in Lever.
  const missing = dialog(walk.admin).getByRole('row').filter({ hasText: 'stages' });
  await expect(missing.getByRole('cell', { name: 'No', exact: true })).toBeVisible();
  await expect(field(walk.admin, 'API key')).toHaveValue(key);
  await expect(field(walk.admin, 'Webhook signing token')).toHaveValue('a-token');
});

test('the key pasted into the token field', async ({ world }) => {
  const walk = await readyToPaste(world);
  const key = carried(walk, 'key');
  await field(walk.admin, 'API key').fill(key);
  await field(walk.admin, 'Webhook signing token').fill(key);
  await press(walk.admin, 'Next');
  await isBeside(field(walk.admin, 'Webhook signing token'), /This is the API key/);
  await expect(field(walk.admin, 'API key')).toHaveValue(key);
});

test('a token with blanks around it', async ({ world }) => {
  const walk = await setUpAsFarAs(world, 9);
  await field(walk.admin, 'Webhook signing token').fill(`\n   ${carried(walk, 'signingTokens')} \t\n`);
  await next(walk.admin, 'User Account Mapping');
  await openWizard(walk, walk.admin, 'connect');
  for (const event of EVENTS) {
    await expect(light(walk.admin, event)).toHaveText(new RegExp(`^${event}: verified`));
  }
});

test('a token of something else', async ({ world }) => {
  const walk = await setUpAsFarAs(world, 9);
  await field(walk.admin, 'Webhook signing token').fill('0123456789abcdef0123456789abcdef');
  await press(walk.admin, 'Next');
  await isBeside(
    field(walk.admin, 'Webhook signing token'),
    /This is not the token of Candidate Hired/,
  );
  await expect(light(walk.admin, 'Candidate Hired')).toHaveText(
    'Candidate Hired: this is not the token of Candidate Hired',
  );
  await field(walk.admin, 'Webhook signing token').fill(carried(walk, 'signingTokens'));
  await next(walk.admin, 'User Account Mapping');
});

test('Lever cannot be reached', async ({ world }) => {
  const walk = await readyToPaste(world);
  await world.lever.stop();
  await field(walk.admin, 'API key').fill(carried(walk, 'key'));
  await field(walk.admin, 'Webhook signing token').fill('a-token');
  await press(walk.admin, 'Next');
  await isBeside(field(walk.admin, 'API key'), /Lever could not be reached/);
  await world.lever.program.start();
  // Nothing has to be typed again.
  await next(walk.admin, 'User Account Mapping');
});

test('two members with one Lever user', async ({ world }) => {
  const walk = await setUpAsFarAs(world, 10);
  await choose(walk.admin, MEMBERS.ben.name, 'Ana Ruiz');
  await choose(walk.admin, 'Fallback user', 'Mara Lindqvist');
  await press(walk.admin, 'Next');
  for (const member of [MEMBERS.ana, MEMBERS.ben]) {
    await isBeside(choice(walk.admin, member.name), /Another member is mapped to this Lever user/);
    await expectChosen(walk.admin, member.name, /^Ana Ruiz/);
  }
  await expectChosen(walk.admin, 'Fallback user', /^Mara Lindqvist/);
  await choose(walk.admin, MEMBERS.ben.name, 'Ben Okafor');
  await next(walk.admin, 'Job Stage Mapping');
});

test('a stage map with nothing mapped', async ({ world }) => {
  const walk = await setUpAsFarAs(world, 11);
  const boxes = dialog(walk.admin).getByRole('combobox');
  for (const box of await boxes.all()) {
    await box.selectOption({ index: 0 });
  }
  await press(walk.admin, 'Save');
  await expect(dialog(walk.admin).getByText('Choose a status for at least one stage.')).toBeVisible();
  await choose(walk.admin, 'Offer', 'Offer');
  await press(walk.admin, 'Save');
  await expect(dialog(walk.admin)).toHaveCount(0);
});

test('a candidate with no e-mail', async ({ world }) => {
  const who = await world.visitor();
  await signIn(who, world.fulcrum, MEMBERS.ana.email);
  await who.open(`${world.fulcrum.url}/candidates/new`);
  await who.page.getByLabel('Name', { exact: true }).fill(NOOR.name);
  const email = who.page.getByLabel('E-mail', { exact: true });
  for (const [typed, sentence] of [
    ['', /Enter an e-mail address/],
    ['noor at people', /This is not an e-mail address/],
  ] as const) {
    await email.fill(typed);
    await who.page.getByRole('button', { name: 'Save', exact: true }).click();
    await isBeside(email, sentence);
    await expect(email).toHaveValue(typed);
    await expect(who.page.getByLabel('Name', { exact: true })).toHaveValue(NOOR.name);
  }
  await goToCandidates(who);
  await expect(row(who, NOOR)).toHaveCount(0);
});

test('a candidate who is there already', async ({ world }) => {
  const who = await world.visitor();
  await signIn(who, world.fulcrum, MEMBERS.ana.email);
  await addCandidate(who, NOOR);
  await who.open(`${world.fulcrum.url}/candidates/new`);
  await who.page.getByLabel('Name', { exact: true }).fill('Somebody Else');
  await who.page.getByLabel('E-mail', { exact: true }).fill(NOOR.email.toUpperCase());
  await who.page.getByRole('button', { name: 'Save', exact: true }).click();
  await isBeside(who.page.getByLabel('E-mail', { exact: true }), /already in use/);
});

test('an empty message', async ({ world }) => {
  const who = await world.visitor();
  await signIn(who, world.fulcrum, MEMBERS.ana.email);
  await addCandidate(who, NOOR);
  await who.page.getByRole('button', { name: 'Send message', exact: true }).click();
  await isBeside(
    who.page.getByRole('textbox', { name: 'Message', exact: true }),
    /Write a message first/,
  );
});

test('a wrong password', async ({ world }) => {
  const who = await world.visitor();
  await who.open(`${world.fulcrum.url}/sign-in`);
  await who.page.getByLabel('E-mail', { exact: true }).fill(MEMBERS.ana.email);
  await who.page.getByLabel('Password', { exact: true }).fill('not-the-password');
  await who.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(
    who.page.getByText('The e-mail address and the password do not match.'),
  ).toBeVisible();
  await expect(who.page.getByLabel('E-mail', { exact: true })).toHaveValue(MEMBERS.ana.email);
});

test('a link that does not exist', async ({ world }) => {
  const who = await world.visitor();
  await who.open(`${world.fulcrum.url}/r/there-is-no-such-link`);
  await expect(who.page.getByText(/This link was used already or has expired/)).toBeVisible();
  await who.open(`${world.fulcrum.url}/there-is-no-such-page`);
  await expect(who.page.getByText('There is nothing at this address.')).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ live: false });

  test('valid fields of a refused form are kept', async ({ world }) => {
    const walk = await readyToPaste(world);
    const key = carried(walk, 'key');
    await field(walk.admin, 'API key').fill(key);
    await field(walk.admin, 'Webhook signing token').fill(key);
    await press(walk.admin, 'Next');
    await isBeside(field(walk.admin, 'Webhook signing token'), /This is the API key/);
    await expect(dialog(walk.admin)).toContainText(`ends in ${key.slice(-4)}`);
    // The key itself never comes back.
    expect(await walk.admin.page.content()).not.toContain(key);
    await field(walk.admin, 'Webhook signing token').fill('a-token');
    await next(walk.admin, 'User Account Mapping');
  });

  test('two members with one Lever user', async ({ world }) => {
    const walk = await setUpAsFarAs(world, 10);
    await choose(walk.admin, MEMBERS.ben.name, 'Ana Ruiz');
    await press(walk.admin, 'Next');
    await isBeside(
      choice(walk.admin, MEMBERS.ben.name),
      /Another member is mapped to this Lever user/,
    );
    await expectChosen(walk.admin, MEMBERS.ben.name, /^Ana Ruiz/);
  });

  test('a wrong password', async ({ world }) => {
    const who = await world.visitor();
    await who.open(`${world.fulcrum.url}/sign-in`);
    await who.page.getByLabel('E-mail', { exact: true }).fill(MEMBERS.ana.email);
    await who.page.getByLabel('Password', { exact: true }).fill('not-the-password');
    await who.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(
      who.page.getByText('The e-mail address and the password do not match.'),
    ).toBeVisible();
  });
});
