/** Every fifth call of Lever's API goes wrong, and daily work comes out right. */
import { expect, test } from '../fixtures/test.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';
import { DAILY_WORK, take } from '../walk/thirteen.js';
import { NOOR, THEO } from '../walk/walk.js';

// What may have been applied is looked for before it is sent again, and not
// before Lever has had time to show it.
test.use({ patience: 60_000 });

for (const [kind, what] of [
  ['unavailable', 'answered 503'],
  ['drop-after', 'applied and never answered'],
] as const) {
  test(`daily work while every fifth call is ${what}`, async ({ world }) => {
    test.setTimeout(300_000);
    const walk = await connectedAtOnce(world);
    await world.lever.failEveryFifthCall(kind);
    await take(walk, DAILY_WORK, test.step);

    expect(await world.lever.failures()).toBeGreaterThan(0);
    for (const person of [NOOR, THEO]) {
      const found = await world.lever.opportunities(person.email);
      expect(found).toHaveLength(1);
      expect(found[0]?.sources).toEqual(['CodeSignal']);
    }
    await navigation(walk.admin, 'Needs attention').click();
    await expect(walk.admin.page.getByText('All is well', { exact: true })).toBeVisible();
  });
}
