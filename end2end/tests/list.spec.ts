/** The candidate list: what it asks is the address, and it works by keyboard. */
import { expect, test } from '../fixtures/test.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { faults } from '../walk/axe.js';
import { crowd } from '../walk/crowd.js';
import { signIn } from '../walk/sign-in.js';
import type { Visitor } from '../fixtures/visitor.js';

test.use({ contents: 'people' });

/** The statuses shown. */
function statuses(who: Visitor): Promise<string[]> {
  return who.page.locator('tbody td.status').allInnerTexts();
}

async function scores(who: Visitor): Promise<number[]> {
  return (await who.page.locator('tbody td.score').allInnerTexts()).map(Number);
}

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('filters and order are in the address, and Back leads back', async ({ world }) => {
      const ana = await world.visitor();
      await signIn(ana, world.fulcrum, MEMBERS.ana.email);
      const { page } = ana;
      // After signing in the list comes by itself.
      await expect(page.locator('tbody td.status').first()).toBeVisible();
      const everybody = (await statuses(ana)).length;
      expect(everybody).toBeGreaterThan(10);

      await page.getByRole('combobox', { name: 'Filter by status' }).selectOption('Responded');
      if (!live) {
        await page.getByRole('button', { name: 'Search', exact: true }).click();
      }
      await expect(page).toHaveURL(/[?&]status=responded/);
      await expect.poll(async () => new Set(await statuses(ana))).toEqual(new Set(['Responded']));
      await expect(page.getByText('5 candidates', { exact: true })).toBeVisible();

      await page.getByRole('columnheader', { name: 'Score' }).getByRole('link').click();
      await expect(page).toHaveURL(/status=responded.*sort=-score/);
      const head = page.getByRole('columnheader', { name: 'Score' });
      await expect(head).toHaveAttribute('aria-sort', 'descending');
      await expect
        .poll(async () => {
          const shown = await scores(ana);
          return shown.every((score, at) => at === 0 || score <= (shown[at - 1] ?? 0));
        })
        .toBe(true);
      await head.getByRole('link').click();
      await expect(head).toHaveAttribute('aria-sort', 'ascending');

      await page.goBack();
      await expect(head).toHaveAttribute('aria-sort', 'descending');
      await page.getByRole('link', { name: 'Show everybody' }).first().click();
      await expect(page).toHaveURL(/\/candidates$/);
      await expect.poll(async () => (await statuses(ana)).length).toBe(everybody);
      await expect(page.getByRole('combobox', { name: 'Filter by status' })).toHaveValue('');
    });
  });
}

test('the keyboard goes through the list, chooses, and says what it can', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  const { page } = ana;
  const rows = page.locator('tbody a.row-link');
  // After signing in the list comes by itself.
  await expect(rows.nth(1)).toBeVisible();
  await page.locator('body').press('ArrowDown');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('x');
  await expect(page.locator('tbody .choose').nth(1)).toBeChecked();
  await expect(page.getByRole('button', { name: 'Message selected' })).toBeVisible();
  await page.keyboard.press('x');
  await expect(page.locator('tbody .choose').nth(1)).not.toBeChecked();
  await page.keyboard.press('ArrowUp');
  await expect(rows.nth(0)).toBeFocused();

  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(keys).toBeVisible();
  expect(await faults(ana, 'keyboard shortcuts')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await expect(rows.nth(0)).toBeFocused();

  const name = await rows.nth(0).innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
});

test('news takes away neither the place of the keyboard nor what is chosen', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  const { page } = ana;
  await page.getByRole('checkbox', { name: 'Choose everybody on this page' }).check();
  const chosen = await page.locator('tbody .choose:checked').count();
  expect(chosen).toBeGreaterThan(10);
  const second = page.locator('tbody a.row-link').nth(1);
  const name = await second.innerText();
  await second.focus();

  const ben = await world.visitor();
  await signIn(ben, world.fulcrum, MEMBERS.ben.email);
  await crowd(ben, world.fulcrum.url, 1);
  await expect(page.getByRole('link', { name: 'Person 0000', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name, exact: true })).toBeFocused();
  await expect(page.locator('tbody .choose:checked')).toHaveCount(chosen);
});

test('pages keep their place while others are added', async ({ world }) => {
  test.setTimeout(180_000);
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await crowd(ana, world.fulcrum.url, 130);
  await ana.open(`${world.fulcrum.url}/candidates?sort=name`);
  const { page } = ana;
  const first = await page.locator('tbody a.row-link').first().innerText();
  await page.getByRole('link', { name: 'Next', exact: true }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(page.locator('tbody a.row-link').first()).not.toHaveText(first);
  const second = await page.locator('tbody a.row-link').allInnerTexts();
  await page.request.post(`${world.fulcrum.url}/api/add_candidate`, {
    form: { name: 'Aaron First', email: 'aaron@people.example', headline: '', company: '', location: '' },
    headers: { origin: world.fulcrum.url },
    maxRedirects: 0,
  });
  await ana.open(page.url());
  expect(await page.locator('tbody a.row-link').allInnerTexts()).toEqual(second);
  await page.getByRole('link', { name: 'Previous', exact: true }).click();
  await expect(page.locator('tbody tr')).toHaveCount(50);
});
