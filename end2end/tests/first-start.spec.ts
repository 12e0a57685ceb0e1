/** The first start of a real installation: a one-time link makes the organisation. */
import { REFUSED_FORM } from '../fixtures/complaints.js';
import { expect, test } from '../fixtures/test.js';
import { goToIntegrations } from '../walk/connect.js';
import { setUp, setUpLink } from '../walk/set-up.js';

test.use({ contents: 'nothing' });

for (const live of [true, false]) {
  test.describe(live ? 'live pages' : 'without JavaScript', () => {
    test.use({ live });

    test('the printed link makes the organisation and its Super Admin', async ({
      world,
      complaints,
    }) => {
      complaints.expect(REFUSED_FORM);
      const link = setUpLink(world.fulcrum);
      const who = await world.visitor();
      await setUp(who, world.fulcrum);
      await goToIntegrations(who);
      await expect(who.page.getByRole('button', { name: 'Integrate', exact: true })).toBeVisible();

      await world.fulcrum.restart('SIGTERM');
      expect(world.fulcrum.program.output.match(/^Set up: /gm)).toHaveLength(1);
      const other = await world.visitor();
      await other.open(link);
      await expect(other.page.getByText(/This link was used already or has expired/)).toBeVisible();
    });
  });
}
