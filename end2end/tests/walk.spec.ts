/** The whole article in a browser, with each of the two ways in which Lever signs. */
import { test } from '../fixtures/test.js';
import { DAILY_WORK, SET_UP, take } from '../walk/thirteen.js';
import { begin } from '../walk/walk.js';

for (const tokens of ['account', 'per-webhook'] as const) {
  test.describe(`signing token: ${tokens}`, () => {
    test.use({ tokens });

    test('the thirteen steps', async ({ world }) => {
      await take(await begin(world), [...SET_UP, ...DAILY_WORK], test.step);
    });
  });
}
