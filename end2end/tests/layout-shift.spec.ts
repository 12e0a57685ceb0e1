/** Nothing moves by itself while a screen opens, or on the way from one to the next. */
import { expect, test } from '../fixtures/test.js';
import { candidateWhoAnswered, goToCandidates, heading, row } from '../walk/candidates.js';
import { dialog, goToIntegrations, step } from '../walk/connect.js';
import { standsStill, stoodStill } from '../walk/shifts.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { NOOR } from '../walk/walk.js';

test.use({ contents: 'people' });

test('list, profile and wizard stand still, on a desk and on a phone', async ({ world }) => {
  const walk = await connectedAtOnce(world);
  const { ana, admin, outside } = walk;
  await candidateWhoAnswered(ana, outside, NOOR);
  for (const width of [1440, 320]) {
    for (const who of [ana, admin]) {
      await who.page.setViewportSize({ width, height: 900 });
    }
    const at = (name: string) => `${name}, ${width} px`;

    await ana.open(`${world.fulcrum.url}/candidates`);
    await stoodStill(ana, at('the list, loaded'));
    await standsStill(ana, at('the profile, from the list'), async () => {
      await row(ana, NOOR).getByRole('link', { name: NOOR.name, exact: true }).click();
      await expect(heading(ana, NOOR)).toBeVisible();
      await expect(ana.page.getByRole('region', { name: 'Résumé' })).toBeVisible();
    });
    await ana.open(ana.page.url());
    await stoodStill(ana, at('the profile, loaded'));
    await standsStill(ana, at('the list, from the menu'), () => goToCandidates(ana));

    await goToIntegrations(admin);
    await standsStill(admin, at('the wizard, opened'), async () => {
      await admin.page.getByRole('button', { name: 'Reconnect', exact: true }).click();
      await expect(step(admin, 'Connect Lever')).toBeVisible();
    });
    await admin.open(`${world.fulcrum.url}/integrations/lever?step=users`);
    await stoodStill(admin, at('the wizard, loaded'));
    const go = (name: string, role: 'link' | 'button', to: string) =>
      standsStill(admin, at(`${name} to ${to}`), async () => {
        await dialog(admin).getByRole(role, { name, exact: true }).click();
        await expect(step(admin, to)).toBeVisible();
      });
    await go('Next', 'button', 'Job Stage Mapping');
    await go('Back', 'link', 'User Account Mapping');
    await go('Back', 'link', 'Connect Lever');
    await go('Next', 'button', 'User Account Mapping');
    await dialog(admin).getByRole('link', { name: 'Close', exact: true }).click();
  }
});
