/** Writing to many, saved texts, and the page on which a candidate answers. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import { addCandidate, goToCandidates, replyPage } from '../walk/candidates.js';
import { signIn } from '../walk/sign-in.js';
import { NOOR, THEO } from '../walk/walk.js';

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('a text is saved, previewed and written to many once', async ({ world, complaints }) => {
      complaints.expect(REFUSED_FORM);
      const lead = await world.visitor();
      await signIn(lead, world.fulcrum, MEMBERS.admin.email);
      await lead.open(`${world.fulcrum.url}/messages/templates`);
      await lead.page.getByLabel('Name', { exact: true }).fill('First contact');
      await lead.page.getByLabel('Text', { exact: true }).fill('Hi {first name}, shall we talk?');
      await lead.page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(lead.page.getByRole('heading', { name: 'First contact', exact: true })).toBeVisible();
      if (live) {
        expect(await faults(lead, 'templates')).toEqual([]);
      }

      const ana = await world.visitor();
      await signIn(ana, world.fulcrum, MEMBERS.ana.email);
      const ids: string[] = [];
      for (const person of [NOOR, THEO]) {
        await addCandidate(ana, person);
        ids.push(new URL(ana.page.url()).pathname.split('/').at(-1) ?? '');
      }
      await ana.open(`${world.fulcrum.url}/messages/new?${ids.map((id) => `candidates[]=${id}`).join('&')}`);
      await expect(ana.page.getByText(/2 candidates: /)).toBeVisible();
      await ana.page
        .getByRole('combobox', { name: 'Begin with a template', exact: true })
        .selectOption({ label: 'First contact' });
      await ana.page.getByRole('button', { name: 'Use', exact: true }).click();
      const text = ana.page.getByRole('textbox', { name: 'Message', exact: true });
      await expect(text).toHaveValue('Hi {first name}, shall we talk?');
      await ana.ready();
      await text.fill('Hi {firstname}');
      await ana.page.getByRole('button', { name: 'Preview', exact: true }).click();
      await expect(ana.page).toHaveURL(/\/messages\/[0-9a-f-]{36}$/);
      await ana.ready();
      // The text stays, and what is wrong is said beside it.
      await expect(text).toHaveValue('Hi {firstname}');
      await expect(ana.page.getByText(/can be filled in: check what stands in braces/)).toBeVisible();
      await expect(ana.page.getByRole('button', { name: /^Send to/ })).toHaveCount(0);
      await text.fill('Hi {first name}!');
      await ana.page.getByRole('button', { name: 'Preview', exact: true }).click();
      await ana.sees(ana.page.getByText('Hi Noor!', { exact: true }));
      if (live) {
        expect(await faults(ana, 'a draft')).toEqual([]);
      }
      await ana.page.getByRole('button', { name: 'Send to 2 candidates', exact: true }).dblclick();
      // Loading the page again would break off what is on its way.
      await expect(ana.page.getByRole('button', { name: /^Send to/ })).toHaveCount(0);
      await ana.sees(ana.page.getByText(/^Done: 2 of 2/));
      if (live) {
        expect(await faults(ana, 'a message to many')).toEqual([]);
      }
      await ana.open(`${world.fulcrum.url}/candidates/${ids[0]}`);
      await expect(ana.page.getByText('Hi Noor!', { exact: true })).toHaveCount(1);
      await expect(ana.page.getByText('Outbox', { exact: true })).toBeVisible();

      if (live) {
        await ana.page
          .getByRole('combobox', { name: 'Template', exact: true })
          .selectOption({ label: 'First contact' });
        await expect(ana.page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue(
          'Hi Noor, shall we talk?',
        );
      } else {
        await ana.page.getByRole('link', { name: 'Write from a template', exact: true }).click();
        await expect(ana.page).toHaveURL(/\/messages\/new\?candidates=/);
      }
    });

    test('everybody whom the list shows is written to', async ({ world }) => {
      const ana = await world.visitor();
      await signIn(ana, world.fulcrum, MEMBERS.ana.email);
      await addCandidate(ana, NOOR);
      await addCandidate(ana, THEO);
      await ana.open(`${world.fulcrum.url}/candidates?search=theo&status=new`);
      await expect(ana.page.locator('tbody tr')).toHaveCount(1);
      await ana.page.getByRole('button', { name: 'Message all that match', exact: true }).click();
      await expect(ana.page).toHaveURL(/\/messages\/new\?all=1&search=theo&status=new$/);
      await expect(ana.page.getByText(`1 candidate: ${THEO.name}`)).toBeVisible();
      await ana.ready();
      await ana.page.getByRole('textbox', { name: 'Message', exact: true }).fill('Hi {first name}!');
      await ana.page.getByRole('button', { name: 'Preview', exact: true }).click();
      await ana.sees(ana.page.getByText('Hi Theo!', { exact: true }));
    });

    test('a candidate answers on a phone, and what was refused stays', async ({ world, complaints }) => {
      complaints.expect(REFUSED_FORM);
      const ana = await world.visitor();
      await signIn(ana, world.fulcrum, MEMBERS.ana.email);
      await addCandidate(ana, NOOR);
      await ana.page.getByRole('textbox', { name: 'Message', exact: true }).fill('Shall we talk?');
      await ana.page.getByRole('button', { name: 'Send message', exact: true }).click();
      await ana.sees(ana.page.getByRole('link', { name: 'Open reply page', exact: true }));
      const address = await replyPage(ana);

      for (const colorScheme of ['light', 'dark'] as const) {
        const noor = await world.visitor({ colorScheme, viewport: { width: 320, height: 640 } });
        await noor.open(address);
        const field = noor.page.getByRole('textbox', { name: 'Your answer', exact: true });
        if (colorScheme === 'light') {
          await expect(field).toBeVisible();
          const long = 'Yes! '.repeat(2_100);
          await field.fill(long);
          await noor.page.getByRole('button', { name: 'Send', exact: true }).click();
          await expect(noor.page.getByText(/At most 10,000 characters/)).toBeVisible();
          await expect(field).toHaveValue(live ? long : long.trim());
          await field.fill('Yes, gladly.');
          await noor.page.getByRole('button', { name: 'Send', exact: true }).click();
        }
        await expect(noor.page.getByText(/thank you/i).first()).toBeVisible();
        const width = await noor.page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(320);
        if (live) {
          expect(await faults(noor, `the reply page, ${colorScheme}`)).toEqual([]);
        }
      }
      await goToCandidates(ana);
    });
  });
}
