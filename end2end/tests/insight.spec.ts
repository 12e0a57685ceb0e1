/** The funnel: of everybody, of a month and a recruiter, and as a file. */
import { readFile } from 'node:fs/promises';

import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { addCandidate, answer, replyPage, sendMessage } from '../walk/candidates.js';
import { navigation, signIn } from '../walk/sign-in.js';
import { NOOR, THEO } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('by month, by recruiter, and downloaded as it is shown', async ({ world }) => {
      const [ana, ben, outside] = [await world.visitor(), await world.visitor(), await world.visitor()];
      await signIn(ana, world.fulcrum, MEMBERS.ana.email);
      await signIn(ben, world.fulcrum, MEMBERS.ben.email);
      await addCandidate(ana, NOOR);
      await sendMessage(ana, 'Shall we talk?');
      await answer(outside, await replyPage(ana), 'Yes, gladly.');
      await addCandidate(ben, THEO);
      await sendMessage(ben, 'Shall we talk?');

      const { page } = ana;
      await navigation(ana, 'Insight').click();
      const table = page.getByRole('table', { name: 'By month and recruiter', exact: true });
      const of = (name: string) => table.getByRole('row').filter({ hasText: name });
      await expect(of(MEMBERS.ana.name)).toBeVisible();
      await expect(of(MEMBERS.ben.name)).toBeVisible();
      await ana.ready();

      const recruiter = page.getByRole('combobox', { name: 'Recruiter', exact: true });
      const month = page.getByRole('combobox', { name: 'Month of the first message', exact: true });
      await recruiter.selectOption({ label: MEMBERS.ana.name });
      await month.selectOption({ index: 1 });
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await expect(page).toHaveURL(/month=\d{4}-\d\d&member=/);
      await expect(of(MEMBERS.ben.name)).toHaveCount(0);
      const funnel = page.getByRole('region', { name: 'From first message to hire', exact: true });
      // Contacted and answered.
      await expect(funnel.getByText('1 (100%)', { exact: true })).toHaveCount(2);
      await ana.ready();

      const saving = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download as CSV', exact: true }).click();
      const saved = await saving;
      expect(saved.suggestedFilename()).toBe('insight.csv');
      const lines = (await readFile(await saved.path(), 'utf8')).trim().split(/\r?\n/);
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain(MEMBERS.ana.name);

      // Nobody was written to in a month long ago.
      await month.selectOption({ index: (await month.locator('option').count()) - 1 });
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await expect(page.getByText('Nobody was written to in this time', { exact: true })).toBeVisible();
    });
  });
}
