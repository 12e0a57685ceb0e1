/** *Import...*: what is looked at and chosen on the sheet is what Lever gets. */
import { expect, test } from '../fixtures/test.js';
import { REFUSED_FORM } from '../fixtures/complaints.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults } from '../walk/axe.js';
import { candidateWhoAnswered, heading, openCandidate } from '../walk/candidates.js';
import { described, openInLever } from '../walk/lever-candidate.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

/** Chooses the option that begins with this text. */
async function choose(who: Visitor, label: string, text: string): Promise<void> {
  const field = who.page.getByLabel(label, { exact: true });
  const value = await field.locator('option').filter({ hasText: text }).first().getAttribute('value');
  await field.selectOption(value ?? '');
}

async function openSheet(who: Visitor): Promise<void> {
  await openCandidate(who, NOOR);
  await who.page.getByRole('link', { name: 'Import...', exact: true }).click();
  await expect(who.page.getByRole('heading', { name: 'Import into Lever', exact: true })).toBeVisible();
  await expect(who.page.getByRole('heading', { name: 'What is sent', exact: true })).toBeVisible();
  await who.ready();
}

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('posting, stage and followers are as chosen', async ({ world }, info) => {
      const { ana, outside, inLever } = await connectedAtOnce(world);
      await candidateWhoAnswered(ana, outside, NOOR);
      await openSheet(ana);
      await expect(described(ana, 'E-mail')).toHaveText(NOOR.email);
      await expect(described(ana, 'Source')).toHaveText('CodeSignal');
      await expect(described(ana, 'Credited to')).toHaveText('Ana Ruiz');
      await expect(ana.page.getByLabel('Stage', { exact: true }).locator('option:checked')).toHaveText(
        /^New lead/,
      );
      if (live) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await ana.page.emulateMedia({ colorScheme });
          expect.soft(await faults(ana, `the sheet, ${colorScheme}`)).toEqual([]);
          await ana.page.screenshot({ path: info.outputPath(`sheet-${colorScheme}.png`) });
        }
      }
      await choose(ana, 'Posting', 'Backend Engineer');
      await choose(ana, 'Stage', 'Recruiter screen');
      const lee = ana.page.getByRole('checkbox', { name: /^Lee Lead/ });
      await lee.check();
      const follower = await lee.getAttribute('value');
      await ana.page
        .getByRole('button', { name: `Import ${NOOR.name} into Lever`, exact: true })
        .click();
      await expect(heading(ana, NOOR)).toBeVisible();
      await ana.sees(ana.page.getByRole('link', { name: `View ${NOOR.name} in Lever`, exact: true }));

      const there = await world.lever.opportunities(NOOR.email);
      expect(there).toHaveLength(1);
      expect(there[0]?.tags).toContain('Backend Engineer');
      expect(there[0]?.followers).toContain(follower);
      await openInLever(inLever, NOOR);
      await expect(described(inLever, 'Stage')).toHaveText('Recruiter screen');

      // Once there, the sheet says so and offers nothing.
      await ana.open(`${ana.page.url()}/import`);
      await expect(ana.page.getByText(`${NOOR.name} is in Lever.`)).toBeVisible();
      await expect(ana.page.getByRole('button', { name: /^Import/ })).toHaveCount(0);
    });
  });
}

test('what cannot be chosen is refused beside its field', async ({ world, complaints }) => {
  complaints.expect(REFUSED_FORM);
  const { ana, outside } = await connectedAtOnce(world);
  await candidateWhoAnswered(ana, outside, NOOR);
  await openSheet(ana);
  await choose(ana, 'Stage', 'Phone interview');
  // As if the posting had been closed since the page was drawn.
  await ana.page
    .getByLabel('Posting', { exact: true })
    .evaluate((field: HTMLSelectElement) => field.add(new Option('Gone', 'gone', true, true)));
  await ana.page.getByRole('button', { name: `Import ${NOOR.name} into Lever`, exact: true }).click();
  await expect(ana.page.getByText('Choose one of the options.')).toBeVisible();
  // The rest stays as it was chosen.
  await expect(ana.page.getByLabel('Stage', { exact: true }).locator('option:checked')).toHaveText(
    /^Phone interview/,
  );
  expect(await world.lever.opportunities(NOOR.email)).toHaveLength(0);
});
