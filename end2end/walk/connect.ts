/** Fulcrum's *Connect Lever*: steps 4 to 7 and 10. */
import { type Locator, expect } from '@playwright/test';

import { Visitor } from '../fixtures/visitor.js';
import { copyFrom } from './copy.js';
import { EVENTS } from './events.js';
import { navigation } from './sign-in.js';
import { type Walk, carried } from './walk.js';

export function dialog(who: Visitor): Locator {
  return who.page.getByRole('dialog', { name: 'Lever integration', exact: true });
}

export function step(who: Visitor, heading: string): Locator {
  return dialog(who).getByRole('heading', { name: heading, exact: true });
}

export function field(who: Visitor, label: string): Locator {
  return dialog(who).getByLabel(label, { exact: true });
}

export function press(who: Visitor, name: string): Promise<void> {
  return dialog(who).getByRole('button', { name, exact: true }).click();
}

/** Step 4: *go to CodeSignal and navigate to the Integrations page*. */
export async function goToIntegrations(who: Visitor): Promise<void> {
  await navigation(who, 'Integrations').click();
  await expect(who.page).toHaveURL(/\/integrations$/);
  await expect(who.page.getByRole('heading', { name: 'Lever', exact: true })).toBeVisible();
  await who.ready();
}

/** Step 5: *click on the Integrate button next to Lever*. */
export async function integrate(who: Visitor): Promise<void> {
  await who.page.getByRole('button', { name: 'Integrate', exact: true }).click();
  await expect(step(who, 'Connect Lever')).toBeVisible();
  await who.ready();
}

/** Step 6: *paste your API key into the first field on the next window*. */
export async function pasteTheKey(walk: Walk): Promise<void> {
  const first = dialog(walk.admin).locator('input:visible, textarea:visible, select:visible').first();
  await expect(first).toHaveAccessibleName('API key');
  if (!walk.admin.live) {
    await first.fill(carried(walk, 'key'));
    return;
  }
  await walk.admin.page.bringToFront();
  await first.press('Control+V');
  await expect(first).toHaveValue(carried(walk, 'key'));
  // Tested at once: the permissions show up before anything is saved.
  await expect(dialog(walk.admin).getByText('What the key may do')).toBeVisible();
}

/** Step 7: *copy the URL in the Lever Webhook Configuration field and click the
 * link for Lever's webhook section*. It opens beside: what was typed here stays. */
export async function copyTheWebhookUrl(walk: Walk): Promise<void> {
  const { admin } = walk;
  walk.copied.webhookUrl = await copyFrom(
    admin,
    field(admin, 'Lever Webhook Configuration'),
    dialog(admin).getByRole('button', { name: 'Copy', exact: true }),
  );
  expect(walk.copied.webhookUrl).toMatch(
    new RegExp(`^${walk.fulcrum.url}/webhooks/lever/[A-Za-z0-9_-]{22,}$`),
  );
  for (const event of EVENTS) {
    await expect(light(admin, event)).toHaveText(`${event}: waiting`);
  }
  const opened = admin.context.waitForEvent('page');
  await dialog(admin).getByRole('link', { name: "Lever's webhook settings" }).click();
  const page = await opened;
  await walk.inLever.close();
  walk.inLever = new Visitor(page, admin.live, admin.patience);
  await expect(page).toHaveURL(`${walk.lever.url}/settings/webhooks`);
}

/** The open dialog's light turns: by itself, or seen from a second tab so that
 * nothing typed is lost. */
export async function lightTurns(walk: Walk, event: string, text: RegExp): Promise<void> {
  if (walk.admin.live) {
    await expect(light(walk.admin, event)).toHaveText(text);
  } else {
    const second = await walk.admin.tab();
    await expect(light(second, event)).toHaveText(text);
    await second.close();
  }
}

/** Step 10: *paste the webhook signing token in the last field*, *then click
 * "Next" to advance to the User Account Mapping screen*. */
export async function pasteTheTokens(walk: Walk): Promise<void> {
  const { admin } = walk;
  const token = field(admin, 'Webhook signing token');
  await token.fill(carried(walk, 'signingTokens'));
  // What was typed first is still there, whatever turned in between.
  await expect(field(admin, 'API key')).toHaveValue(carried(walk, 'key'));
}

export async function next(who: Visitor, heading: string): Promise<void> {
  await press(who, 'Next');
  await expect(step(who, heading)).toBeVisible();
  await who.ready();
}

export function light(who: Visitor, event: string): Locator {
  return who.page.getByText(new RegExp(`^${event}: `));
}
