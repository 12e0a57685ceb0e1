/**
 * Every state of the icon, reached for real: a picture of each in the list and on
 * the candidate's page, in light and dark, and axe on all of them. The pictures
 * are in the folder of the test's results.
 */
import type { Locator, TestInfo } from '@playwright/test';

import { expect, test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults } from '../walk/axe.js';
import {
  addCandidate,
  candidateWhoAnswered,
  goToCandidates,
  importButton,
  importIntoLever,
  openCandidate,
  row,
} from '../walk/candidates.js';
import { goToIntegrations } from '../walk/connect.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { begin, everybodySignsIn, type Person, type Walk } from '../walk/walk.js';

const SCHEMES = ['light', 'dark'] as const;

/** A state of the icon, who is in it, and what shows it in their row. */
interface State {
  name: string;
  person: Person;
  shows: (row: Locator, person: Person) => Locator;
}

function person(name: string): Person {
  return { name, email: `${name.toLowerCase().replace(' ', '.')}@people.example` };
}

async function picture(info: TestInfo, name: string, shown: Locator): Promise<void> {
  const path = info.outputPath(`${name}.png`);
  await shown.screenshot({ path });
  await info.attach(name, { path, contentType: 'image/png' });
}

/** The state in the list and on the candidate's page, in light and dark. */
async function look(who: Visitor, info: TestInfo, state: State): Promise<void> {
  const shown = row(who, state.person);
  await expect(state.shows(shown, state.person), state.name).toBeVisible();
  for (const colorScheme of SCHEMES) {
    await who.page.emulateMedia({ colorScheme });
    await picture(info, `${state.name}-list-${colorScheme}`, shown);
  }
  await shown.getByRole('link', { name: state.person.name, exact: true }).click();
  const card = who.page.getByRole('region', { name: 'Lever', exact: true });
  await expect(card).toBeVisible();
  await who.ready();
  for (const colorScheme of SCHEMES) {
    await who.page.emulateMedia({ colorScheme });
    await picture(info, `${state.name}-card-${colorScheme}`, card);
    expect.soft(await faults(who, `${state.name}, ${colorScheme}`)).toEqual([]);
  }
  await goToCandidates(who);
}

async function axeOfTheList(who: Visitor, name: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await who.page.emulateMedia({ colorScheme });
    expect.soft(await faults(who, `${name}, ${colorScheme}`)).toEqual([]);
  }
}

/** From now on an answer starts the import after a while. */
async function importOnReply(walk: Walk): Promise<void> {
  const { page } = walk.admin;
  await walk.admin.open(`${walk.fulcrum.url}/settings`);
  await page.getByLabel('Import on reply', { exact: true }).selectOption('by_itself');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
}

const NOT_CONNECTED: State = {
  name: 'not-connected',
  person: person('Nell Early'),
  shows: (row) => row.getByText('Not connected', { exact: true }),
};
const NOT_ELIGIBLE: State = {
  name: 'not-eligible',
  person: person('Elia Silent'),
  shows: (row, { name }) => row.getByText(`Available once ${name} answers`, { exact: true }),
};
const AVAILABLE: State = {
  name: 'available',
  person: person('Ava Ready'),
  shows: (row, { name }) => row.getByRole('button', { name: `Import ${name} into Lever`, exact: true }),
};
const HELD: State = {
  name: 'held',
  person: person('Hal Waiting'),
  shows: (row, { name }) => row.getByRole('button', { name: `Undo import of ${name}`, exact: true }),
};
const QUEUED: State = {
  name: 'queued',
  person: person('Quinn Line'),
  shows: (row) => row.getByText('Queued', { exact: true }),
};
const SENDING: State = {
  name: 'sending',
  person: person('Sena Going'),
  shows: (row) => row.getByText('Sending', { exact: true }),
};
const IMPORTED: State = {
  name: 'imported',
  person: person('Ines There'),
  shows: (row, { name }) => row.getByRole('link', { name: `View ${name} in Lever`, exact: true }),
};
const FAILED: State = {
  name: 'failed',
  person: person('Finn Refused'),
  shows: (row, { name }) => row.getByRole('button', { name: `Retry import of ${name}`, exact: true }),
};
const DELETED: State = {
  name: 'deleted-in-lever',
  person: person('Dela Gone'),
  shows: (row) => row.getByText('Was deleted in Lever', { exact: true }),
};

test('before Lever is connected', async ({ world }, info) => {
  const walk = await begin(world);
  await everybodySignsIn(walk);
  await candidateWhoAnswered(walk.ana, walk.outside, NOT_CONNECTED.person);
  await axeOfTheList(walk.ana, 'the list, not connected');
  await look(walk.ana, info, NOT_CONNECTED);
});

test('every other state', async ({ world }, info) => {
  test.setTimeout(300_000);
  const walk = await connectedAtOnce(world);
  const { ana, admin, outside, lever } = walk;

  // Somebody in Lever has the address.
  const known = (await lever.opportunities()).find(({ emails }) => emails.length > 0);
  const decided: State = {
    name: 'needs-a-decision',
    person: { name: 'Dee Double', email: known?.emails[0] ?? '' },
    shows: (row, { name }) => row.getByRole('button', { name: `Decide about ${name}`, exact: true }),
  };

  await addCandidate(ana, NOT_ELIGIBLE.person);
  for (const { person } of [AVAILABLE, QUEUED, SENDING, IMPORTED, FAILED, DELETED]) {
    await candidateWhoAnswered(ana, outside, person);
  }
  await importIntoLever(ana, IMPORTED.person);

  await candidateWhoAnswered(ana, outside, decided.person);
  await importButton(ana, decided.person).click();
  await ana.sees(decided.shows(row(ana, decided.person), decided.person));

  // The key lacks the permission, once.
  await lever.fail([
    { endpoint: 'opportunities.create', kind: 'permission-missing', when: { count: 1 } },
  ]);
  await importButton(ana, FAILED.person).click();
  await ana.sees(FAILED.shows(row(ana, FAILED.person), FAILED.person));

  await importIntoLever(ana, DELETED.person);
  const gone = (await lever.opportunities(DELETED.person.email))[0];
  await lever.remove(gone?.id ?? '');
  await goToIntegrations(admin);
  await admin.page.getByRole('button', { name: 'Sync now', exact: true }).click();
  await ana.sees(DELETED.shows(row(ana, DELETED.person), DELETED.person));

  await importOnReply(walk);
  await candidateWhoAnswered(ana, outside, HELD.person);

  // Lever takes long over one request, and then answers no look-up at all.
  await lever.fail([
    { endpoint: 'opportunities.create', kind: 'slow', delay_ms: 120_000, when: { count: 1 } },
  ]);
  await importButton(ana, SENDING.person).click();
  await expect
    .poll(() => lever.failures(), { message: 'the create has arrived' })
    .toBe(1);
  await lever.fail([
    { endpoint: 'opportunities.list', kind: 'unavailable', when: { probability: 1 } },
  ]);
  await importButton(ana, QUEUED.person).click();
  await ana.sees(QUEUED.shows(row(ana, QUEUED.person), QUEUED.person));

  const states = [
    NOT_ELIGIBLE,
    AVAILABLE,
    HELD,
    QUEUED,
    SENDING,
    decided,
    IMPORTED,
    FAILED,
    DELETED,
  ];
  await goToCandidates(ana);
  await axeOfTheList(ana, 'the list, every state');
  await picture(info, 'all', ana.page.getByRole('table', { name: 'Candidates' }));
  for (const state of states) {
    await test.step(state.name, () => look(ana, info, state));
  }

  // *Undo* ends the hold; a click still imports.
  const undo = HELD.shows(row(ana, HELD.person), HELD.person);
  await undo.click();
  await ana.sees(importButton(ana, HELD.person));
  // The check sheet of the decision.
  await openCandidate(ana, decided.person);
  const sheet = ana.page.getByRole('region', { name: `Decide about ${decided.person.name}` });
  for (const name of ['In Lever', 'Stage', 'Posting', 'Owner', 'Archived', 'Last activity']) {
    await expect(sheet.getByRole('columnheader', { name, exact: true })).toBeVisible();
  }
  for (const colorScheme of SCHEMES) {
    await ana.page.emulateMedia({ colorScheme });
    await picture(info, `check-sheet-${colorScheme}`, sheet);
  }
});
