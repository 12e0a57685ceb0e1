/** Where the keyboard is: always seen, in the order of reading, and back where it belongs. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { dialog, field, goToIntegrations, press, step } from '../walk/connect.js';
import { outOfOrder, stop, stops } from '../walk/keyboard.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';

test.use({ contents: 'people' });

for (const width of [320, 768, 1440]) {
  test(`through the whole list at ${width} px: seen, clear of what sticks, as one reads`, async ({ world }) => {
    const member = await world.visitor({ viewport: { width, height: 640 } });
    await signIn(member, world.fulcrum, MEMBERS.superAdmin.email);
    await member.open(`${world.fulcrum.url}/candidates`);
    const { page } = member;
    // The bar of the chosen sticks to the foot. The keyboard is still at the top.
    await page.locator('tbody .choose').first().evaluate((box: HTMLElement) => box.click());
    await expect(page.getByRole('button', { name: 'Message selected', exact: true })).toBeVisible();

    const found = await stops(member);
    expect(found[0]?.name).toBe('Skip to content');
    const of = (fits: (at: (typeof found)[number]) => boolean) => found.filter(fits).map(({ name }) => name);
    expect.soft(of(({ seen }) => !seen), 'nothing invisible has the focus').toEqual([]);
    expect.soft(of(({ clear }) => !clear), 'nothing lies over the focus').toEqual([]);
    const inMain = found.filter(({ inMain }) => inMain);
    expect(inMain.length).toBeGreaterThan(40);
    expect.soft(outOfOrder(inMain)).toEqual([]);
    const menu = found.slice(1, found.indexOf(inMain[0] as (typeof found)[number]));
    expect.soft(outOfOrder(menu)).toEqual([]);

    // And the same way back, until the page scrolls.
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Shift+Tab');
      const now = await stop(member);
      expect.soft(now?.clear, `nothing lies over ${now?.name} on the way back`).toBe(true);
    }
  });
}

test('through profile, log, members and wizard, at three widths: seen and clear', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { admin } = walk;
  const { page } = admin;
  const person = await walk.ana.page.locator('tbody a.row-link').first().getAttribute('href');
  for (const width of [320, 768, 1440]) {
    await page.setViewportSize({ width, height: 640 });
    for (const path of [person ?? '', '/activity', '/members', '/integrations/lever?step=stages']) {
      await admin.open(`${world.fulcrum.url}${path}`);
      const found = await stops(admin);
      expect(found.length, `${path} at ${width} px`).toBeGreaterThan(9);
      const wrong = found.filter(({ seen, clear }) => !seen || !clear).map(({ name }) => name);
      expect.soft(wrong, `${path} at ${width} px`).toEqual([]);
    }
  }
});

test('on a phone everybody on the page is chosen by a box that stands above them', async ({ world }) => {
  const ana = await world.visitor({ viewport: { width: 320, height: 640 } });
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  const { page } = ana;
  const all = page.getByRole('checkbox', { name: 'Choose everybody on this page', exact: true });
  await expect(all).toBeVisible();
  const above = (await all.boundingBox())?.y ?? Number.NaN;
  const first = (await page.locator('tbody .choose').first().boundingBox())?.y ?? Number.NaN;
  expect(above).toBeLessThan(first);
  // The words are pressed as well as the box.
  await page.getByText('Choose everybody on this page', { exact: true }).click();
  await expect(all).toBeChecked();
  await expect(page.locator('tbody .choose:not(:checked)')).toHaveCount(0);
});

test('a dialog that is left leads back to what opened it', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { admin } = walk;
  const { page } = admin;
  await goToIntegrations(admin);
  const opened = dialog(admin);
  const link = (name: string) => page.getByRole('main').getByRole('link', { name, exact: true });
  const button = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
  const close = opened.getByRole('link', { name: 'Close', exact: true });

  for (const leave of [
    () => page.keyboard.press('Escape'),
    () => close.click(),
    () => page.goBack(),
  ]) {
    await button('Reconnect').press('Enter');
    await expect(step(admin, 'Connect Lever')).toBeVisible();
    await expect(field(admin, 'API key')).toBeFocused();
    await leave();
    await expect(opened).toHaveCount(0);
    await expect(button('Reconnect')).toBeFocused();
  }
  await link('Job Stage Mapping').press('Enter');
  await expect(step(admin, 'Job Stage Mapping')).toBeVisible();
  await close.press('Enter');
  await expect(link('Job Stage Mapping')).toBeFocused();

  await button('Disconnect').press('Enter');
  const question = page.getByRole('dialog', { name: 'Disconnect Lever?' });
  await expect(question).toBeVisible();
  await question.getByRole('link', { name: 'Stay connected', exact: true }).press('Enter');
  await expect(question).toHaveCount(0);
  await expect(button('Disconnect')).toBeFocused();

  // An address opened it: the screen is where reading goes on.
  await admin.open(`${world.fulcrum.url}/integrations/lever?step=users`);
  await close.press('Enter');
  await expect(opened).toHaveCount(0);
  await expect(page.getByRole('main')).toBeFocused();
});

test('a refused form leads to the first field in error', async ({ world, complaints }) => {
  complaints.expect(REFUSED_FORM);
  const admin = await world.visitor();
  await signIn(admin, world.fulcrum, MEMBERS.superAdmin.email);
  const { page } = admin;
  const at = (path: string) => admin.open(`${world.fulcrum.url}${path}`);

  // A living form, a drawn one, and one in a dialog.
  await at('/candidates/new');
  await page.getByLabel('Name', { exact: true }).fill('Somebody');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByLabel('E-mail', { exact: true })).toBeFocused();
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();

  await at('/messages/templates');
  await page.getByLabel('Name', { exact: true }).fill('First contact');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByLabel('Text', { exact: true })).toBeFocused();

  await at('/integrations/lever?step=connect');
  await press(admin, 'Next');
  await expect(field(admin, 'API key')).toBeFocused();
});
