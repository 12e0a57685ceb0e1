/** The whole article by plain forms: no JavaScript, pages loaded again to see news. */
import { test } from '../fixtures/test.js';
import { DAILY_WORK, SET_UP, take } from '../walk/thirteen.js';
import { begin } from '../walk/walk.js';

test.use({ live: false });

for (const tokens of ['account', 'per-webhook'] as const) {
  test.describe(`signing token: ${tokens}`, () => {
    test.use({ tokens });

    test('the thirteen steps without JavaScript', async ({ world }) => {
      await take(await begin(world), [...SET_UP, ...DAILY_WORK], test.step);
    });
  });
}
