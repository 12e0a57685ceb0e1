/**
 * Every screen of both applications, prepared so that each has something to
 * show: for looking at them, with axe and by eye.
 */
import { type BrowserContextOptions, expect } from '@playwright/test';

import { MEMBERS } from '../fixtures/fulcrum.js';
import type { World } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import {
  candidateWhoAnswered,
  goToCandidates,
  importButton,
  importIntoLever,
  row,
  seesStatus,
  sendMessage,
} from './candidates.js';
import { press } from './connect.js';
import { moveTo, openInLever } from './lever-candidate.js';
import { goTo } from './lever-settings.js';
import { choose } from './maps.js';
import { syncNow } from './sections.js';
import { connectedAtOnce, openWizard } from './shortcuts.js';
import { signIn } from './sign-in.js';
import { NOOR, type Person, THEO, type Walk } from './walk.js';

/** One screen: who looks, and the address. */
export interface Screen {
  name: string;
  who: 'member' | 'stranger';
  address: string;
  /** What must be there before anybody looks. */
  shows: (who: Visitor) => Promise<void>;
}

/** Both applications in use: linked, waiting, deciding and failing candidates. */
export async function inUse(world: World): Promise<{ walk: Walk; screens: Screen[] }> {
  const walk = await connectedAtOnce(world);
  const { ana, admin, outside } = walk;
  const at = (path: string) => `${world.fulcrum.url}${path}`;
  const inLever = (path: string) => `${world.lever.url}${path}`;

  await candidateWhoAnswered(ana, outside, NOOR);
  await importIntoLever(ana, NOOR);
  await row(ana, NOOR).getByRole('link', { name: NOOR.name, exact: true }).click();
  await expect(ana.page).toHaveURL(/\/candidates\/[0-9a-f-]{36}$/);
  const linked = ana.page.url();
  await ana.ready();
  await sendMessage(ana, 'One more thing: which time zone are you in?');
  const reply = await replyPageOfLast(ana);

  const known = (await world.lever.opportunities()).at(-1);
  const double: Person = { name: 'Robin Double', email: known?.emails[0] ?? '' };
  await candidateWhoAnswered(ana, outside, double);
  await importButton(ana, double).click();
  const decide = row(ana, double).getByRole('button', { name: `Decide about ${double.name}` });
  await ana.sees(decide);
  await row(ana, double).getByRole('link', { name: double.name, exact: true }).click();
  await expect(ana.page.getByRole('button', { name: 'Add an opportunity' })).toBeVisible();
  const deciding = ana.page.url();
  await ana.ready();
  await goToCandidates(ana);

  await candidateWhoAnswered(ana, outside, THEO);
  const theo = await row(ana, THEO)
    .getByRole('link', { name: THEO.name, exact: true })
    .getAttribute('href');

  await admin.open(at('/members'));
  await admin.page.getByLabel('E-mail', { exact: true }).fill('cleo@demo.example');
  await admin.page.getByRole('button', { name: 'Invite', exact: true }).click();
  const shown = admin.page.getByRole('textbox', { name: 'Invite link', exact: true });
  await expect(shown).toBeVisible();
  const invite = await shown.inputValue();

  await openInLever(walk.inLever, NOOR);
  const profile = walk.inLever.page.url();
  await moveTo(walk.inLever, 'Offer');
  await seesStatus(ana, NOOR, 'Offer');

  await admin.open(at('/activity?what=deliveries&name=noor'));
  const delivery = await admin.page
    .getByRole('link', { name: 'Open delivery', exact: true })
    .first()
    .getAttribute('href');

  await admin.open(at('/messages/templates'));
  await admin.page.getByLabel('Name', { exact: true }).fill('First contact');
  await admin.page.getByLabel('Text', { exact: true }).fill('Hi {first name}, may I tell you about a team?');
  await admin.page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.page.getByRole('heading', { name: 'First contact', exact: true })).toBeVisible();
  const draft = await draftToAll(admin, at);
  const toMany = await draftToAll(admin, at);
  await admin.page.getByRole('button', { name: /^Send to/ }).click();
  await admin.sees(admin.page.getByText(/^Done: \d+ of \d+/));

  const main = async (who: Visitor) => {
    await expect(who.page.getByRole('main')).toBeVisible();
  };
  const dialog = async (who: Visitor) => {
    await expect(who.page.getByRole('dialog', { name: 'Lever integration' })).toBeVisible();
  };
  const screen = (
    name: string,
    address: string,
    who: Screen['who'] = 'member',
    shows: Screen['shows'] = main,
  ): Screen => ({ name, who, address, shows });
  const screens = [
    screen('candidates', at('/candidates')),
    screen('candidates-nothing-found', at('/candidates?search=zzzzzz')),
    screen('candidate-new', at('/candidates/new')),
    screen('candidate-linked', linked),
    screen('candidate-decision', deciding),
    screen('import-sheet', at(`${theo}/import`)),
    screen('attention', at('/attention')),
    screen('activity', at('/activity')),
    screen('activity-audit-log', at('/activity?what=people')),
    screen('activity-nothing-found', at('/activity?name=zzzzzz')),
    screen('delivery', at(delivery ?? '')),
    screen('messages', at('/messages')),
    screen('message-new', at('/messages/new?all=1')),
    screen('message-nobody', at('/messages/new')),
    screen('message-draft', draft),
    screen('message-sent', toMany),
    screen('templates', at('/messages/templates')),
    screen('settings', at('/settings')),
    screen('styleguide', at('/styleguide')),
    screen('runs', at('/imports')),
    screen('insight', at('/insight')),
    screen('receiving', at('/integrations/receiving')),
    screen('changes', at('/integrations/changes')),
    screen('reconciliation', at('/integrations/runs')),
    screen('health', at('/integrations/health')),
    screen('integrations', at('/integrations')),
    screen('way-back', at('/integrations/way-back')),
    screen('candidate-reach', `${linked}/reach`),
    screen('wizard-connect', at('/integrations/lever?step=connect'), 'member', dialog),
    screen('wizard-users', at('/integrations/lever?step=users'), 'member', dialog),
    screen('wizard-stages', at('/integrations/lever?step=stages'), 'member', dialog),
    screen('members', at('/members')),
    screen('not-found', at('/there-is-no-such-page')),
    screen('sign-in', at('/sign-in'), 'stranger'),
    screen('invite', invite, 'stranger'),
    screen('reply', reply, 'stranger'),
    screen('link-not-valid', at('/r/there-is-no-such-link'), 'stranger'),
    screen('lever-candidates', inLever('/candidates')),
    screen('lever-candidate', profile),
    screen('lever-integrations', inLever('/settings/integrations')),
    screen('lever-api-credentials', inLever('/settings/api-credentials')),
    screen('lever-webhooks', inLever('/settings/webhooks')),
    screen('lever-faults', inLever('/practice/faults')),
    screen('lever-behaviour', inLever('/practice/behaviour')),
    screen('lever-account', inLever('/practice/account')),
  ];
  return { walk, screens };
}

/** A stage that nobody mapped with a candidate in it, deliveries that no token
 * verifies, a lost one that a comparison found, and a map that is being previewed. */
export async function somethingTheMatter(world: World): Promise<{ matters: Screen[] }> {
  const walk = await connectedAtOnce(world);
  const { admin, ana, inLever, outside } = walk;
  const at = (path: string) => `${world.fulcrum.url}${path}`;
  for (const person of [NOOR, THEO]) {
    await candidateWhoAnswered(ana, outside, person);
    await importIntoLever(ana, person);
  }
  await world.lever.behave({ delivery_drop: 1 });
  await openInLever(inLever, NOOR);
  await moveTo(inLever, 'Offer');
  await syncNow(admin);
  await seesStatus(ana, NOOR, 'Offer');
  await world.lever.behave({ delivery_drop: 0 });

  await world.lever.addStage('Panel interview');
  await world.lever.renameStage('Phone interview', 'Offer out');
  await openInLever(inLever, THEO);
  await moveTo(inLever, 'Panel interview');
  await syncNow(admin);
  await admin.sees(admin.page.getByRole('link', { name: 'Look at the changes', exact: true }));

  await goTo(inLever, 'Settings', 'Webhooks');
  await inLever.page.getByRole('button', { name: 'Generate new token', exact: true }).click();
  await openInLever(inLever, NOOR);
  await moveTo(inLever, 'Reference check');
  await admin.sees(admin.page.getByRole('link', { name: 'Look at receiving', exact: true }));

  await openWizard(walk, admin, 'stages');
  await choose(admin, 'Offer', 'Interviewing');
  await press(admin, 'Preview');
  await expect(admin.page.getByText(/This moves 2 people/)).toBeVisible();

  const text =
    (words: RegExp): Screen['shows'] =>
    async (who) => {
      await expect(who.page.getByText(words).first()).toBeVisible();
    };
  const matter = (name: string, path: string, words: RegExp): Screen => ({
    name: `${name}-matter`,
    who: 'member',
    address: at(path),
    shows: text(words),
  });
  return {
    matters: [
      matter('integrations', '/integrations', /Something changed in Lever/),
      matter('disconnect', '/integrations?disconnect=ask', /Disconnect Lever\?/),
      matter('receiving', '/integrations/receiving', /signed with another token/),
      matter('changes', '/integrations/changes', /What does it mean here/),
      matter('reconciliation', '/integrations/runs', /now Offer/),
      matter('attention', '/attention', /Panel interview/),
      matter('wizard-stages', '/integrations/lever?step=stages', /This moves 2 people/),
    ],
  };
}

/** A browser of its own for looking at screens, signed in as the Super Admin. */
export async function onlookers(
  world: World,
  options: BrowserContextOptions,
): Promise<Record<Screen['who'], Visitor>> {
  const member = await world.visitor(options);
  await signIn(member, world.fulcrum, MEMBERS.superAdmin.email);
  return { member, stranger: await world.visitor(options) };
}

/** A text to everybody in the list, as a draft; gives its address. */
async function draftToAll(who: Visitor, at: (path: string) => string): Promise<string> {
  await who.open(at('/messages/new?all=1'));
  await who.page
    .getByRole('textbox', { name: 'Message', exact: true })
    .fill('Hi {first name},\n\nmay I tell you about a team in Lisbon?\n\n{my name}');
  await who.page.getByRole('button', { name: 'Preview', exact: true }).click();
  await expect(who.page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/);
  await who.ready();
  return who.page.url();
}

async function replyPageOfLast(who: Visitor): Promise<string> {
  const links = who.page.getByRole('link', { name: 'Open reply page', exact: true });
  const address = await links.last().getAttribute('href');
  return new URL(address ?? '', who.page.url()).href;
}
