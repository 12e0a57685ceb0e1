/** Every part in every state: photographed, and looked at by axe. */
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { faults } from '../walk/axe.js';
import { signIn } from '../walk/sign-in.js';

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'light', contrast: 'more' },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
  phone: { colorScheme: 'light', viewport: { width: 320, height: 640 } },
} as const;

/** Every part that docs/design-system.md names. */
const PARTS = [
  'Type',
  'Button',
  'Field',
  'Select',
  'Map row',
  'Copy field',
  'Token form',
  'Badge',
  'Light',
  'Banner',
  'Table',
  'Tabs',
  'Stepper',
  'Pager',
  'Progress',
  'Toast',
  'Dialog',
  'Empty state, loading and failure',
  'Chart',
  'Chart with a limit',
  'Icon',
];

for (const [look, options] of Object.entries(LOOKS)) {
  test(`the style guide, ${look}`, async ({ world }, info) => {
    const member = await world.visitor({ ...options, reducedMotion: 'reduce' });
    await signIn(member, world.fulcrum, MEMBERS.ana.email);
    await member.open(`${world.fulcrum.url}/styleguide`);
    const { page } = member;
    const main = page.getByRole('main');
    for (const part of PARTS) {
      await expect(main.getByRole('region', { name: part, exact: true })).toBeVisible();
    }
    // No part is shown that is not among these.
    await expect(main.locator('.styleguide section.panel')).toHaveCount(PARTS.length);
    const button = (name: string) => main.getByRole('button', { name, exact: true });
    for (const state of ['', ', pointed', ', focused']) {
      for (const kind of ['Ordinary', 'Primary', 'Warning', 'Danger', 'Quiet']) {
        await expect(button(`${kind}${state}`)).toBeVisible();
      }
    }
    // What is said to be pointed at or to have the keyboard's place looks as if it were so.
    const looks = (name: string) =>
      button(name).evaluate((element) => {
        const { backgroundColor, outlineStyle, outlineWidth } = getComputedStyle(element);
        return [backgroundColor, outlineStyle, outlineWidth].join(' ');
      });
    for (const kind of ['Ordinary', 'Primary', 'Danger', 'Quiet']) {
      await button(kind).hover();
      expect(await looks(`${kind}, pointed`)).toBe(await looks(kind));
    }
    await page.mouse.move(0, 0);
    await page.keyboard.press('Tab');
    await button('Quiet').focus();
    expect(await looks('Quiet, focused')).toBe(await looks('Quiet'));
    for (const [label, links] of [
      ['Pages at the beginning', ['Next']],
      ['Pages in the middle', ['Previous', 'Next']],
      ['Pages at the end', ['Previous']],
    ] as const) {
      await expect(page.getByRole('navigation', { name: label, exact: true }).getByRole('link')).toHaveText([
        ...links,
      ]);
    }
    expect(await faults(member, `style guide, ${look}`)).toEqual([]);
    const width = page.viewportSize()?.width ?? 0;
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const picture = await page.screenshot({ fullPage: true });
    await info.attach(`styleguide-${look}.png`, { body: picture, contentType: 'image/png' });
  });
}

test.describe('a real installation', () => {
  test.use({ contents: 'nothing' });

  test('has no style guide', async ({ world }) => {
    const stranger = await world.visitor();
    const answer = await stranger.page.goto(`${world.fulcrum.url}/styleguide`);
    expect(answer?.url()).toMatch(/\/sign-in/);
  });
});
