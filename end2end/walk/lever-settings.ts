/** The practice Lever's settings: steps 1 to 3 and 7 to 9. */
import { type Locator, expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';
import { copyFrom } from './copy.js';
import { EVENTS } from './events.js';
import { type Walk, carried } from './walk.js';

/** The partner tile bears the platform's name. */
const PLATFORM = 'CodeSignal';

export function tile(who: Visitor): Locator {
  return who.page.getByRole('switch', { name: PLATFORM, exact: true });
}

/** By the practice Lever's own menu. */
export async function goTo(who: Visitor, ...links: string[]): Promise<void> {
  for (const name of links) {
    await who.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  }
}

/** Step 1: *go to Lever's integration settings page, scroll down to the Sourcing
 * section, and click the toggle next to CodeSignal*. */
export async function clickTheToggle({ inLever }: Walk): Promise<void> {
  await goTo(inLever, 'Settings', 'Integrations');
  await expect(inLever.page.getByRole('heading', { name: 'Sourcing', exact: true })).toBeVisible();
  await expect(tile(inLever)).not.toBeChecked();
  await tile(inLever).click();
}

/** Step 2: *generate an API key. You will see exactly what permissions this
 * integration will authorize*. */
export async function generateTheKey({ inLever }: Walk): Promise<void> {
  const page = inLever.page;
  await expect(page.getByRole('listitem').filter({ hasText: /opportunit/i })).not.toHaveCount(0);
  await page.getByRole('button', { name: 'Generate API key', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'API key', exact: true })).toBeVisible();
}

/** Step 3: *copy the newly generated API key, and click "Done". The toggle will
 * turn green*. */
export async function copyTheKey(walk: Walk): Promise<void> {
  const page = walk.inLever.page;
  walk.copied.key = await copyFrom(
    walk.inLever,
    page.getByRole('textbox', { name: 'API key', exact: true }),
    page.getByRole('button', { name: 'Copy', exact: true }),
  );
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(tile(walk.inLever)).toBeChecked();
  await expect(page.getByText(walk.copied.key)).toHaveCount(0);
}

/** Steps 7 and 8 for one webhook: *slide the toggle to "on" and click "+Add
 * webhook"*, *paste the URL*, *click "Verify Connection". The button will say
 * "Verified"*. */
export async function addAndVerify(walk: Walk, event: string): Promise<void> {
  const group = webhook(walk.inLever, event);
  const toggle = group.getByRole('switch', { name: event, exact: true });
  await expect(toggle).not.toBeChecked();
  await toggle.click();
  await expect(toggle).toBeChecked();
  await group.getByRole('button', { name: 'Add webhook', exact: true }).click();
  await group.getByRole('textbox', { name: 'Webhook URL', exact: true }).fill(carried(walk, 'webhookUrl'));
  await group.getByRole('button', { name: 'Verify Connection', exact: true }).click();
  await expect(group.getByRole('button', { name: 'Verified', exact: true })).toBeVisible();
}

/** Step 9: *scroll down and copy the webhook signing token*; or, since Lever
 * gives each webhook its own, all three, one a line. */
export async function copyTheSigningTokens(walk: Walk): Promise<void> {
  const page = walk.inLever.page;
  const fields =
    walk.tokens === 'account'
      ? [page.getByRole('textbox', { name: 'Signing token', exact: true })]
      : EVENTS.map((event) =>
          webhook(walk.inLever, event).getByRole('textbox', { name: 'Signing token', exact: true }),
        );
  const tokens: string[] = [];
  for (const field of fields) {
    tokens.push(await field.inputValue());
  }
  expect(new Set(tokens).size).toBe(walk.tokens === 'account' ? 1 : EVENTS.length);
  walk.copied.signingTokens = tokens.join('\n');
}

export function webhook(who: Visitor, event: string): Locator {
  return who.page.getByRole('group', { name: event, exact: true });
}

/** A key that may do all but read the pipeline's stages. */
export async function generateLimitedKey(who: Visitor): Promise<string> {
  const { page } = who;
  await goTo(who, 'Settings', 'API credentials');
  await page.getByRole('link', { name: 'Generate New Key', exact: true }).click();
  await page.getByRole('link', { name: 'Select all', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('A key with a gap');
  await page.getByRole('checkbox', { name: 'Find all stages', exact: true }).uncheck();
  await page.getByRole('button', { name: 'Generate Key', exact: true }).click();
  return page.getByRole('textbox', { name: 'API key', exact: true }).inputValue();
}
