/**
 * The thirteen steps of the article, and what comes after them, by the words on
 * the screens of both applications. A step ends where a person could put the
 * work aside, so that anything may happen between any two of them.
 */
import { expect } from '@playwright/test';

import { MEMBERS } from '../fixtures/fulcrum.js';
import {
  addCandidate,
  answer,
  goToCandidates,
  heading,
  importButton,
  importIntoLever,
  replyPage,
  row,
  seesStatus,
  sendMessage,
  viewLink,
} from './candidates.js';
import {
  copyTheWebhookUrl,
  goToIntegrations,
  integrate,
  light,
  lightTurns,
  next,
  pasteTheKey,
  pasteTheTokens,
} from './connect.js';
import { EVENTS } from './events.js';
import { archive, described, hire, moveTo, openInLever, unarchive } from './lever-candidate.js';
import {
  addAndVerify,
  clickTheToggle,
  copyTheKey,
  copyTheSigningTokens,
  generateTheKey,
} from './lever-settings.js';
import { mapTheUsers, saveTheStages } from './maps.js';
import { NOOR, THEO, type Walk, everybodySignsIn } from './walk.js';

export interface Step {
  title: string;
  take: (walk: Walk) => Promise<void>;
}

const FIRST_MESSAGE = 'Hello Noor, your coding score caught my eye. Shall we talk?';
const FIRST_ANSWER = 'Hello Ana, yes, any day after four.';

/** Steps 1 to 12: the set-up. */
export const SET_UP: readonly Step[] = [
  { title: 'everybody signs in', take: everybodySignsIn },
  { title: '1: click the toggle next to CodeSignal', take: clickTheToggle },
  { title: '2: generate an API key', take: generateTheKey },
  { title: '3: copy the key and click Done', take: copyTheKey },
  { title: '4: navigate to the Integrations page', take: ({ admin }) => goToIntegrations(admin) },
  { title: '5: click on Integrate next to Lever', take: ({ admin }) => integrate(admin) },
  { title: '6: paste the API key into the first field', take: pasteTheKey },
  { title: '7: copy the webhook URL, click the link to Lever', take: copyTheWebhookUrl },
  ...EVENTS.map((event) => ({
    title: `8: add and verify the webhook ${event}`,
    take: async (walk: Walk) => {
      await addAndVerify(walk, event);
      await lightTurns(walk, event, new RegExp(`^${event}: reached \\d\\d:\\d\\d$`));
    },
  })),
  { title: '9: copy the webhook signing token', take: copyTheSigningTokens },
  {
    title: '10: paste the signing token into the last field, click Next',
    take: async (walk) => {
      await pasteTheTokens(walk);
      await next(walk.admin, 'User Account Mapping');
    },
  },
  { title: '11: map the users, click Next', take: mapTheUsers },
  {
    title: '12: look at the stages, click Save',
    take: async (walk) => {
      await saveTheStages(walk);
      for (const event of EVENTS) {
        await expect(light(walk.admin, event)).toHaveText(
          new RegExp(`^${event}: verified \\d\\d:\\d\\d`),
        );
      }
    },
  },
];

/** Step 13 and the changes that come back. */
export const DAILY_WORK: readonly Step[] = [
  { title: 'a candidate is added', take: ({ ana }) => addCandidate(ana, NOOR) },
  {
    title: 'the candidate is messaged',
    take: async ({ ana }) => {
      await sendMessage(ana, FIRST_MESSAGE);
      await goToCandidates(ana);
      await seesStatus(ana, NOOR, 'Contacted');
      await expect(row(ana, NOOR)).toContainText(`Available once ${NOOR.name} answers`);
      await expect(importButton(ana, NOOR)).toHaveCount(0);
      await row(ana, NOOR).getByRole('link', { name: NOOR.name, exact: true }).click();
      await expect(heading(ana, NOOR)).toBeVisible();
      await ana.ready();
    },
  },
  {
    title: 'the candidate answers',
    take: async ({ ana, outside }) => {
      const address = await replyPage(ana);
      await answer(outside, address, FIRST_ANSWER);
      await ana.sees(ana.page.getByText(FIRST_ANSWER, { exact: true }));
      await goToCandidates(ana);
      await seesStatus(ana, NOOR, 'Responded');
      await expect(importButton(ana, NOOR)).toBeVisible();
    },
  },
  { title: '13: click the Lever icon', take: ({ ana }) => importIntoLever(ana, NOOR) },
  {
    title: 'a new profile appears under New lead, the source is CodeSignal',
    take: async ({ ana, inLever, lever }) => {
      await openInLever(inLever, NOOR);
      await expect(described(inLever, 'Stage')).toHaveText('New lead');
      await expect(described(inLever, 'Source')).toHaveText('CodeSignal');
      await expect(described(inLever, 'Creator')).toHaveText(MEMBERS.ana.name);
      await expect(viewLink(ana, NOOR)).toHaveAttribute('href', inLever.page.url());
      // The import's own landing in New lead changes nothing.
      await seesStatus(ana, NOOR, 'Responded');
      expect(await lever.opportunities(NOOR.email)).toHaveLength(1);
    },
  },
  moved('Recruiter screen', 'Screening'),
  moved('On-site interview', 'Interviewing'),
  moved('Offer', 'Offer'),
  {
    title: 'a second candidate is written to, answers and is imported',
    take: async ({ ana, outside }) => {
      await addCandidate(ana, THEO);
      await sendMessage(ana, 'Hello Theo, may I tell you about a team in Lisbon?');
      await answer(outside, await replyPage(ana), 'Please do.');
      await goToCandidates(ana);
      await seesStatus(ana, THEO, 'Responded');
      await importIntoLever(ana, THEO);
    },
  },
  {
    title: 'hired in Lever',
    take: async ({ ana, inLever }) => {
      await openInLever(inLever, NOOR);
      await hire(inLever);
      await seesStatus(ana, NOOR, 'Hired');
    },
  },
  {
    title: 'the second one is archived in Lever',
    take: async ({ ana, inLever }) => {
      await openInLever(inLever, THEO);
      await archive(inLever, 'Underqualified');
      await seesStatus(ana, THEO, 'Rejected');
    },
  },
  {
    title: 'and un-archived',
    take: async ({ ana, inLever }) => {
      await openInLever(inLever, THEO);
      await unarchive(inLever);
      await seesStatus(ana, THEO, 'Responded');
      await seesStatus(ana, NOOR, 'Hired');
    },
  },
];

/** A stage change in Lever, seen on the open list. */
function moved(stage: string, status: string): Step {
  return {
    title: `moved to ${stage} in Lever`,
    take: async ({ ana, inLever }) => {
      await openInLever(inLever, NOOR);
      await moveTo(inLever, stage);
      await seesStatus(ana, NOOR, status);
    },
  };
}

/** Takes steps one after the other; `between` is what befalls the walkers in between. */
export async function take(
  walk: Walk,
  steps: readonly Step[],
  run: (title: string, body: () => Promise<void>) => Promise<void>,
  between: (done: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (index > 0) {
      await between(index);
    }
    await run(step.title, () => step.take(walk));
  }
}
