/** Pictures of states that take some doing: one story each, looked at in every look. */
import { NOT_THERE, REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import {
  addCandidate,
  candidateWhoAnswered,
  goToCandidates,
  importButton,
  importIntoLever,
  openCandidate,
  row,
  sendMessage,
} from '../walk/candidates.js';
import { field, press } from '../walk/connect.js';
import { onlookers } from '../walk/screens.js';
import { syncNow } from '../walk/sections.js';
import { setUp, setUpLink, FIRST } from '../walk/set-up.js';
import { connectedAtOnce, openWizard, readyToPaste } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';
import { setStatus, switchOn } from '../walk/way-back.js';
import { NOOR, type Person, THEO } from '../walk/walk.js';
import { file, LOOKS, picture } from './looks.js';

const IDA: Person = { name: 'Ida Björk', email: 'ida.bjork@people.example' };

test.describe('a real installation', () => {
  test.use({ contents: 'nothing', mailing: true });

  test('set-up, and messages sent and not sent', async ({ world, complaints }) => {
    test.setTimeout(300_000);
    complaints.expect(REFUSED_FORM);
    const link = setUpLink(world.fulcrum);
    for (const [look, options] of Object.entries(LOOKS)) {
      const stranger = await world.visitor(options);
      await stranger.open(link);
      await expect(stranger.page.getByLabel('Organisation', { exact: true })).toBeVisible();
      await picture(stranger, `set-up-${look}`);
      await stranger.page.getByLabel('E-mail', { exact: true }).fill('sam');
      await stranger.page.getByRole('button', { name: 'Create organisation', exact: true }).click();
      await expect(stranger.page.getByText('This is not an e-mail address.').first()).toBeVisible();
      await picture(stranger, `set-up-refused-${look}`);
    }
    const sam = await world.visitor();
    await setUp(sam, world.fulcrum);
    await addCandidate(sam, NOOR);
    await sendMessage(sam, 'Would you like to talk about compilers?');
    await sam.sees(sam.page.getByText('Sent', { exact: true }));
    world.mail?.unknown.add(NOOR.email);
    await sendMessage(sam, 'One more thing: which time zone are you in?');
    await sam.sees(sam.page.getByText('Not sent', { exact: true }));
    const profile = sam.page.url();
    for (const [look, options] of Object.entries(LOOKS)) {
      const member = await world.visitor(options);
      await signIn(member, world.fulcrum, FIRST['E-mail'], FIRST.Password);
      await member.open(profile);
      await expect(member.page.getByText('Not sent', { exact: true })).toBeVisible();
      await picture(member, `candidate-not-sent-${look}`);
      await member.open(`${world.fulcrum.url}/attention`);
      await expect(member.page.getByRole('listitem').filter({ hasText: NOOR.name })).toBeVisible();
      await picture(member, `attention-not-sent-${look}`);
    }
  });
});

test('a conflict, several opportunities, somebody anonymised, and a run', async ({
  world,
  complaints,
}) => {
  test.setTimeout(600_000);
  complaints.expect(NOT_THERE);
  const walk = await connectedAtOnce(world);
  const { ana, admin, outside } = walk;
  await switchOn(admin);
  const opportunity = async ({ email }: Person) => (await world.lever.opportunities(email))[0]?.id ?? '';
  const profile = async (person: Person) => {
    await openCandidate(ana, person);
    return ana.page.url();
  };

  await candidateWhoAnswered(ana, outside, NOOR);
  await importIntoLever(ana, NOOR);
  await world.lever.behave({ delivery_drop: 1 });
  await world.lever.move([await opportunity(NOOR)], 'Recruiter screen');
  const conflict = await profile(NOOR);
  await setStatus(ana, 'Offer');
  await ana.sees(ana.page.getByRole('region', { name: 'Conflicting status' }));
  await world.lever.behave({ delivery_drop: 0 });

  await candidateWhoAnswered(ana, outside, IDA);
  await importIntoLever(ana, IDA);
  await world.lever.does(await opportunity(IDA), 'anonymise');
  await syncNow(admin);
  const anonymised = await profile(IDA);
  await ana.sees(ana.page.getByRole('region', { name: 'Anonymised in Lever' }));

  const known = (await world.lever.opportunities()).find(({ emails }) => emails.length > 0);
  const double: Person = { name: 'Robin Double', email: known?.emails[0] ?? '' };
  await candidateWhoAnswered(ana, outside, double);
  await importButton(ana, double).click();
  await ana.sees(row(ana, double).getByRole('button', { name: `Decide about ${double.name}` }));
  const several = await profile(double);
  await ana.page.getByRole('button', { name: 'Add an opportunity', exact: true }).click();
  await ana.sees(ana.page.getByRole('button', { name: 'Follow this one' }).first());

  await goToCandidates(ana);
  await candidateWhoAnswered(ana, outside, THEO);
  await candidateWhoAnswered(ana, outside, { name: 'Una Petrov', email: 'una@people.example' });
  await world.lever.fail([
    { endpoint: 'opportunities.create', kind: 'permission-missing', when: { count: 1 } },
    { endpoint: 'opportunities.list', kind: 'slow', delay_ms: 1_000, when: { probability: 1 } },
  ]);
  await ana.page.getByRole('button', { name: 'Import all that match', exact: true }).click();
  await expect(ana.page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/);
  await ana.ready();
  const run = ana.page.url();
  await ana.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await ana.sees(ana.page.getByText(/^Paused: /));
  const screens = {
    'candidate-conflict': conflict,
    'candidate-anonymised': anonymised,
    'candidate-opportunities': several,
    'run-paused': run,
  };
  const look = async (names: Record<string, string>) => {
    for (const [name, options] of Object.entries(LOOKS)) {
      const { member } = await onlookers(world, options);
      for (const [screen, address] of Object.entries(names)) {
        await member.open(address);
        await expect(member.page.getByRole('main')).toBeVisible();
        await picture(member, `${screen}-${name}`);
      }
      await member.close();
    }
  };
  await look(screens);
  await ana.page.getByRole('button', { name: 'Resume', exact: true }).click();
  await ana.sees(ana.page.getByText(/^Done: /));
  await look({ 'run-done': run, 'attention-permission': `${world.fulcrum.url}/attention` });
});

test('maps of hundreds, and health with much to do', async ({ world, complaints }) => {
  test.setTimeout(600_000);
  complaints.expect(NOT_THERE);
  for (let number = 1; number <= 300; number += 1) {
    const text = String(number).padStart(3, '0');
    await world.lever.addUser(`Colleague ${text}`, `colleague${text}@lever.example`);
    if (number <= 200) {
      await world.lever.addStage(`Interview round ${text}`);
    }
  }
  const walk = await connectedAtOnce(world);
  const { ana, outside } = walk;
  const people = Array.from({ length: 12 }, (_, number) => ({
    name: `Person ${number}`,
    email: `person${number}@people.example`,
  }));
  for (const person of people) {
    await candidateWhoAnswered(ana, outside, person);
  }
  await ana.page.getByRole('button', { name: 'Import all that match', exact: true }).click();
  await ana.sees(ana.page.getByText(/^Done: 12 of 12/));
  const all = await Promise.all(people.map(({ email }) => world.lever.opportunities(email)));
  // More readings than Lever takes a second, so that some wait.
  await world.lever.fail([
    { endpoint: 'opportunities.get', kind: 'slow', delay_ms: 1_500, when: { probability: 1 } },
  ]);
  const moved = all.flat().map(({ id }) => id);
  for (const stage of ['Recruiter screen', 'Phone interview', 'On-site interview', 'Offer']) {
    await world.lever.move(moved, stage);
  }
  for (const [look, options] of Object.entries(LOOKS)) {
    const { member } = await onlookers(world, options);
    await member.open(`${world.fulcrum.url}/integrations/health`);
    await expect(member.page.getByRole('heading', { name: 'Work that waits', exact: true })).toBeVisible();
    await picture(member, `health-load-${look}`);
    for (const step of ['users', 'stages'] as const) {
      await openWizard(walk, member, step);
      await member.page.screenshot({ path: file(`wizard-${step}-hundreds-${look}`) });
    }
    await member.close();
  }
});

test('what a recruiter may not do, and a key that is refused', async ({ world, complaints }) => {
  test.setTimeout(300_000);
  complaints.expect(REFUSED_FORM);
  const walk = await readyToPaste(world);
  for (const [look, options] of Object.entries(LOOKS)) {
    const ana = await world.visitor(options);
    await signIn(ana, world.fulcrum, MEMBERS.ana.email);
    await ana.open(`${world.fulcrum.url}/integrations`);
    await picture(ana, `integrations-recruiter-${look}`);
    await ana.open(`${world.fulcrum.url}/members`);
    await picture(ana, `not-allowed-${look}`);
    const { member } = await onlookers(world, options);
    await openWizard(walk, member, 'connect');
    await picture(member, `wizard-connect-fresh-${look}`);
    await field(member, 'API key').fill('not-a-key');
    await press(member, 'Next');
    await expect(member.page.getByText(/does not accept this key/).first()).toBeVisible();
    await picture(member, `wizard-connect-refused-${look}`);
    await member.close();
    await ana.close();
  }
});

test('a form that is refused keeps what was typed', async ({
  world,
  complaints,
}) => {
  complaints.expect(REFUSED_FORM);
  for (const [look, options] of Object.entries(LOOKS)) {
    const { member } = await onlookers(world, options);
    await member.open(`${world.fulcrum.url}/candidates/new`);
    await member.page.getByLabel('Name', { exact: true }).fill('Noor Haddad');
    await member.page.getByLabel('E-mail', { exact: true }).fill('noor');
    await member.page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(member.page.getByText('This is not an e-mail address.').first()).toBeVisible();
    await picture(member, `candidate-new-refused-${look}`);
    await member.close();
  }
});
