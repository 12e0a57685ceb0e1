/** User Account Mapping and Job Stage Mapping: steps 11 and 12. */
import { type Locator, expect } from '@playwright/test';

import { MEMBERS } from '../fixtures/fulcrum.js';
import type { Visitor } from '../fixtures/visitor.js';
import { dialog, next, press } from './connect.js';
import type { Walk } from './walk.js';

/** The combobox named after a member, a stage or an archive reason. */
export function choice(who: Visitor, name: string): Locator {
  return dialog(who).getByRole('combobox', { name, exact: true });
}

export async function expectChosen(who: Visitor, name: string, wanted: RegExp): Promise<void> {
  await expect(choice(who, name).locator('option:checked')).toHaveText(wanted);
}

/** Chooses the option whose text begins with `text`. */
export async function choose(who: Visitor, name: string, text: string): Promise<void> {
  const options = await choice(who, name).locator('option').allTextContents();
  const label = options.find((option) => option.trim().startsWith(text));
  if (label === undefined) {
    throw new Error(`${name} offers no ${text}: ${options.join(' | ')}`);
  }
  await choice(who, name).selectOption({ label: label.trim() });
}

/** Step 11: *map your CodeSignal users to the corresponding Lever users*. */
export async function mapTheUsers({ admin }: Walk): Promise<void> {
  // By e-mail, whatever its case, and then by name.
  for (const member of Object.values(MEMBERS)) {
    await expectChosen(admin, member.name, new RegExp(`^${member.name}`));
  }
  const former = choice(admin, MEMBERS.ben.name).locator('option', { hasText: 'Dana Former' });
  await expect(former).toBeDisabled();
  await choose(admin, MEMBERS.ben.name, 'Jonas Weber');
  await choose(admin, 'Fallback user', 'Mara Lindqvist');
  await next(admin, 'Job Stage Mapping');
}

/** What Lever's default pipeline means when nobody changes anything. */
const SUGGESTED: Record<string, string> = {
  'New lead': 'Keep current status',
  'Reached out': 'Contacted',
  Responded: 'Responded',
  'New applicant': 'Responded',
  'Recruiter screen': 'Screening',
  'Phone interview': 'Screening',
  'On-site interview': 'Interviewing',
  'Reference check': 'Interviewing',
  Offer: 'Offer',
  Underqualified: 'Rejected',
  Withdrew: 'Withdrawn',
  'Offer declined': 'Withdrawn',
  Hired: 'Hired',
};

/** Step 12: *your Lever pipeline statuses are automatically mapped*, *click
 * "Save" to complete the setup process*. */
export async function saveTheStages({ admin }: Walk): Promise<void> {
  for (const [place, status] of Object.entries(SUGGESTED)) {
    await expectChosen(admin, place, new RegExp(`^${status}$`));
  }
  await press(admin, 'Save');
  await expect(dialog(admin)).toHaveCount(0);
  await expect(admin.page).toHaveURL(/\/integrations$/);
  await expect(admin.page.getByText('Connected', { exact: true })).toBeVisible();
  await admin.ready();
}
