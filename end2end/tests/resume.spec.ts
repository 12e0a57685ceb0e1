/** A résumé is kept on the candidate, and goes into Lever with the import. */
import { readFile } from 'node:fs/promises';

import { REFUSED_FORM } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults } from '../walk/axe.js';
import {
  candidateWhoAnswered,
  goToCandidates,
  importIntoLever,
  openCandidate,
} from '../walk/candidates.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

const PDF = Buffer.from('%PDF-1.7\nNoor Haddad\n%%EOF');

async function send(who: Visitor, button: string, name: string, buffer: Buffer): Promise<void> {
  await who.page
    .getByLabel('Résumé file', { exact: true })
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await who.page.getByRole('button', { name: button, exact: true }).click();
}

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('kept, replaced, sent with the import, removed', async ({ world, complaints }, info) => {
      complaints.expect(REFUSED_FORM);
      const { ana, outside } = await connectedAtOnce(world);
      const { page } = ana;
      await candidateWhoAnswered(ana, outside, NOOR);
      await openCandidate(ana, NOOR);
      const panel = page.getByRole('region', { name: 'Résumé', exact: true });
      await expect(panel.getByText('No file is kept.')).toBeVisible();

      // What is no résumé is refused in words, and nothing typed is lost.
      const message = page.getByRole('textbox', { name: 'Message', exact: true });
      await message.fill('Half a sentence');
      await send(ana, 'Keep résumé', 'noor.pdf', Buffer.from([0x4d, 0x5a, 0x90, 0]));
      await expect(panel.getByText(/^This is no PDF/)).toBeVisible();
      if (live) {
        await expect(message).toHaveValue('Half a sentence');
      }
      await send(ana, 'Keep résumé', 'noor.txt', Buffer.from('Noor Haddad'));
      await expect(panel.getByText('Text, 11 bytes')).toBeVisible();
      await send(ana, 'Replace résumé', 'Noor Haddad.pdf', PDF);
      await expect(panel.getByText('PDF, 26 bytes')).toBeVisible();
      await expect(panel.getByText('Goes with the import')).toBeVisible();
      if (live) {
        await expect(message).toHaveValue('Half a sentence');
        expect.soft(await faults(ana, 'the résumé')).toEqual([]);
        await panel.screenshot({ path: info.outputPath('resume.png') });
      }

      const saving = page.waitForEvent('download');
      await panel.getByRole('link', { name: 'Download Noor Haddad.pdf', exact: true }).click();
      const saved = await saving;
      expect(saved.suggestedFilename()).toBe('Noor Haddad.pdf');
      expect(await readFile(await saved.path())).toEqual(PDF);

      await goToCandidates(ana);
      await importIntoLever(ana, NOOR);
      const there = await world.lever.opportunities(NOOR.email);
      expect(there).toHaveLength(1);
      await expect.poll(() => world.lever.files(there[0]?.id ?? '')).toEqual(['Noor Haddad.pdf']);
      await openCandidate(ana, NOOR);
      await ana.sees(panel.getByText('Attached: Noor Haddad.pdf'));

      await page.getByRole('button', { name: 'Remove résumé', exact: true }).click();
      await expect(panel.getByText('No file is kept.')).toBeVisible();
      // What Lever has stays there.
      expect(await world.lever.files(there[0]?.id ?? '')).toHaveLength(1);
    });
  });
}
