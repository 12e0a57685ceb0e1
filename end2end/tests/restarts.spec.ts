/** Either program may end between any two steps of the article, and nothing is lost. */
import { SERVER_AWAY } from '../fixtures/complaints.js';
import type { Ending } from '../fixtures/program.js';
import { test } from '../fixtures/test.js';
import { DAILY_WORK, SET_UP, take } from '../walk/thirteen.js';
import { begin } from '../walk/walk.js';

/** In turn a polite end and a power cut. */
const ending = (done: number): Ending => (done % 2 === 0 ? 'SIGTERM' : 'SIGKILL');

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('Fulcrum is restarted between any two steps', async ({ world, complaints }) => {
      test.setTimeout(240_000);
      complaints.expect(SERVER_AWAY);
      await take(await begin(world), [...SET_UP, ...DAILY_WORK], test.step, (done) =>
        world.fulcrum.restart(ending(done)),
      );
    });
  });
}

test('the practice Lever is restarted between any two steps', async ({ world, complaints }) => {
  test.setTimeout(240_000);
  complaints.expect(SERVER_AWAY);
  await take(await begin(world), [...SET_UP, ...DAILY_WORK], test.step, (done) =>
    world.lever.restart(ending(done)),
  );
});
