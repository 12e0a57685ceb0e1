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

for (const [look, options] of Object.entries(LOOKS)) {
  test(`the style guide, ${look}`, async ({ world }, info) => {
    const member = await world.visitor({ ...options, reducedMotion: 'reduce' });
    await signIn(member, world.fulcrum, MEMBERS.ana.email);
    await member.open(`${world.fulcrum.url}/styleguide`);
    const { page } = member;
    for (const part of ['Button', 'Field', 'Table', 'Dialog', 'Chart', 'Icon']) {
      await expect(page.getByRole('region', { name: part, exact: true })).toBeVisible();
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
