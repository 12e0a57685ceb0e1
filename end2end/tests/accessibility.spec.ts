/** Every screen of both applications: axe in light and dark, wide and narrow. */
import { NOT_THERE } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults } from '../walk/axe.js';
import { inUse, onlookers } from '../walk/screens.js';

test.use({ contents: 'people' });

/** How wide the page shown is: wider than the window, and it scrolls sideways. */
function widthOf({ page }: Visitor): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

test('every screen is accessible in light and dark, and none scrolls sideways', async ({
  world,
  complaints,
}) => {
  test.setTimeout(300_000);
  complaints.expect(NOT_THERE);
  const { screens } = await inUse(world);

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 1024],
  ] as const) {
    const people = await onlookers(world, {
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width, height: 800 },
    });
    for (const { name, who, address, shows } of screens) {
      await test.step(`${name}, ${colorScheme}`, async () => {
        await people[who].open(address);
        await shows(people[who]);
        expect.soft(await faults(people[who], name)).toEqual([]);
        await expect.soft(people[who].page, name).toHaveTitle(/\S/);
        expect.soft(await widthOf(people[who]), `${name} at ${width}`).toBeLessThanOrEqual(width);
      });
    }
  }

  // A phone, and a desk at 200 %: what is 1280 wide has room for 640.
  for (const viewport of [
    { width: 320, height: 640 },
    { width: 640, height: 400 },
  ]) {
    const people = await onlookers(world, { viewport });
    for (const { name, who, address, shows } of screens) {
      await test.step(`${name}, ${viewport.width} px`, async () => {
        await people[who].open(address);
        await shows(people[who]);
        expect.soft(await widthOf(people[who]), `${name} at ${viewport.width}`).toBeLessThanOrEqual(viewport.width);
      });
    }
  }
});

test('the keyboard alone searches and imports', async ({ world }) => {
  const { walk } = await inUse(world);
  const { page } = walk.ana;
  await page.locator('body').press('/');
  await expect(page.getByRole('searchbox', { name: 'Search candidates' })).toBeFocused();
  await page.keyboard.type('theo');
  await expect(page.getByRole('link', { name: 'Theo Lindgren', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Noor Haddad', exact: true })).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('i');
  await expect(page.getByRole('link', { name: 'View Theo Lindgren in Lever' })).toBeVisible();
});
