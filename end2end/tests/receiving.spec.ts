/** Deliveries that no token verifies are held, explained, and come in once it is pasted. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import {
  candidateWhoAnswered,
  goToCandidates,
  importIntoLever,
  seesStatus,
} from '../walk/candidates.js';
import { EVENTS } from '../walk/events.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { goTo } from '../walk/lever-settings.js';
import { goToSection } from '../walk/sections.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a wrong token: held, explained, pasted, applied', async ({ world, complaints }) => {
      complaints.expect(REFUSED_FORM);
      const walk = await connectedAtOnce(world);
      const { admin, ana, inLever, outside } = walk;
      await candidateWhoAnswered(ana, outside, NOOR);
      await importIntoLever(ana, NOOR);

      await goTo(inLever, 'Settings', 'Webhooks');
      await inLever.page.getByRole('button', { name: 'Generate new token', exact: true }).click();
      const token = await inLever.page
        .getByRole('textbox', { name: 'Signing token', exact: true })
        .inputValue();
      await openInLever(inLever, NOOR);
      await moveTo(inLever, 'Offer');

      await goToSection(admin, 'Receiving');
      const held = admin.page.getByRole('region', { name: 'Held deliveries', exact: true });
      await admin.sees(held.getByText(/of Candidate Stage Change w(as|ere) signed with another token/));
      await expect(held.getByText('Paste the token of the Candidate Stage Change webhook.')).toBeVisible();
      if (live) {
        expect(await faults(admin, 'held deliveries')).toEqual([]);
      }

      const label = 'Signing token of Candidate Stage Change';
      const paste = async (text: string) => {
        await held.getByLabel(label, { exact: true }).fill(text);
        await held.getByRole('button', { name: `Save token: ${label}`, exact: true }).click();
      };
      // The key is recognised where a token belongs.
      await paste('practice-key');
      await expect(held.getByText(/This is the API key/).first()).toBeVisible();
      await paste(token);
      await expect(async () => {
        if (!live) {
          await admin.page.reload();
        }
        await expect(held).toHaveCount(0, { timeout: 500 });
      }).toPass();
      await goToCandidates(ana);
      await seesStatus(ana, NOOR, 'Offer');

      // The heart beats again.
      await goToSection(admin, 'Receiving');
      const row = admin.page.getByRole('row').filter({ hasText: 'Candidate Stage Change' });
      await expect(row).toContainText('last real event');
      await expect(row).toContainText(`ends in ${token.slice(-4)}`);
    });

    test('how long bodies are kept, and what becomes of them then, is chosen', async ({ world }) => {
      const { admin } = await connectedAtOnce(world);
      await goToSection(admin, 'Receiving');
      const kept = admin.page.getByRole('combobox', { name: 'Keep them for', exact: true });
      const then = admin.page.getByRole('combobox', { name: 'And then', exact: true });
      await expect(then.locator('option:checked')).toHaveText('Scrub them');
      await kept.selectOption({ label: '7 days' });
      await then.selectOption({ label: 'Seal them' });
      await admin.page.getByRole('button', { name: 'Save how long bodies are kept', exact: true }).click();
      await expect(async () => {
        await admin.page.reload();
        await expect(kept.locator('option:checked')).toHaveText('7 days', { timeout: 500 });
        await expect(then.locator('option:checked')).toHaveText('Seal them', { timeout: 500 });
      }).toPass();
    });

    test.describe('a token for each webhook', () => {
      test.use({ tokens: 'per-webhook' });

      test('each is rotated by one press', async ({ world }) => {
        const { admin } = await connectedAtOnce(world);
        await goToSection(admin, 'Receiving');
        for (const event of EVENTS) {
          await admin.sees(
            admin.page.getByRole('button', { name: `Rotate the token of ${event}`, exact: true }),
          );
        }
        await admin.page
          .getByRole('button', { name: 'Rotate the token of Candidate Hired', exact: true })
          .click();
        const replaced = admin.page.getByRole('listitem').filter({ hasText: 'it stays valid until' });
        await admin.sees(replaced.first());
        await expect(replaced).toHaveCount(1);
        await expect(replaced).toContainText('Candidate Hired');
      });
    });
  });
}
