/** Ways to a given point of the walk, for tests that begin there. */
import { expect } from '@playwright/test';

import { MEMBERS } from '../fixtures/fulcrum.js';
import type { World } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { goToIntegrations, step } from './connect.js';
import { clickTheToggle, copyTheKey, generateTheKey } from './lever-settings.js';
import { signIn } from './sign-in.js';
import { SET_UP, take } from './thirteen.js';
import { type Walk, begin, everybodySignsIn } from './walk.js';

/** Both applications connected by the demo's one button, for tests that look at
 * what comes afterwards. The Super Admin and Ana are signed in. */
export async function connectedAtOnce(world: World): Promise<Walk> {
  const walk = await begin(world);
  await everybodySignsIn(walk);
  await goToIntegrations(walk.admin);
  await walk.admin.page.getByRole('button', { name: 'Connect the practice Lever' }).click();
  await walk.admin.sees(walk.admin.page.getByText('Connected', { exact: true }));
  return walk;
}

/** Both applications connected by the article's steps. */
export async function connected(world: World): Promise<Walk> {
  const walk = await begin(world);
  await take(walk, SET_UP, (_title, body) => body());
  return walk;
}

/** The set-up as far as step `upTo` (a step's number in the article). */
export async function setUpAsFarAs(world: World, upTo: number): Promise<Walk> {
  const walk = await begin(world);
  const end = SET_UP.findLastIndex(({ title }) => title.startsWith(`${upTo}:`));
  await take(walk, SET_UP.slice(0, end + 1), (_title, body) => body());
  return walk;
}

/** A key made in Lever is copied, and the first step of the wizard is open. */
export async function readyToPaste(world: World): Promise<Walk> {
  const walk = await begin(world);
  await clickTheToggle(walk);
  await generateTheKey(walk);
  await copyTheKey(walk);
  await signIn(walk.admin, walk.fulcrum, MEMBERS.superAdmin.email);
  await openWizard(walk, walk.admin, 'connect');
  return walk;
}

const HEADINGS = {
  connect: 'Connect Lever',
  users: 'User Account Mapping',
  stages: 'Job Stage Mapping',
} as const;

/** A step of the wizard is an address. */
export async function openWizard(
  walk: Walk,
  who: Visitor,
  at: keyof typeof HEADINGS,
): Promise<void> {
  await who.open(`${walk.fulcrum.url}/integrations/lever?step=${at}`);
  await expect(step(who, HEADINGS[at])).toBeVisible();
}
