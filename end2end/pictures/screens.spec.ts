/** A picture of every screen: light, dark and on a phone. */
import { join } from 'node:path';

import { NOT_THERE, REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { field, press } from '../walk/connect.js';
import { inUse, onlookers, somethingTheMatter } from '../walk/screens.js';
import { readyToPaste } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';

const FOLDER = process.env.FULCRUM_PICTURES ?? join('test-results', 'pictures');

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 320, height: 640 } },
} as const;

test.describe('in use', () => {
  test.use({ contents: 'people' });

  test('every screen', async ({ world, complaints }) => {
    test.setTimeout(300_000);
    complaints.expect(NOT_THERE);
    const { screens } = await inUse(world);
    for (const [look, options] of Object.entries(LOOKS)) {
      const people = await onlookers(world, options);
      for (const { name, who, address, shows } of screens) {
        const { page } = people[who];
        await people[who].open(address);
        await shows(people[who]);
        await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`), fullPage: true });
      }
    }
  });
});

test('when something in Lever is the matter', async ({ world, complaints }) => {
  test.setTimeout(300_000);
  complaints.expect(REFUSED_FORM);
  const { matters } = await somethingTheMatter(world);
  for (const [look, options] of Object.entries(LOOKS)) {
    const people = await onlookers(world, options);
    for (const { name, address, shows } of matters) {
      const { page } = people.member;
      await people.member.open(address);
      await shows(people.member);
      await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`), fullPage: true });
    }
  }
});

test('empty and refused', async ({ world, complaints }) => {
  complaints.expect(REFUSED_FORM);
  for (const [look, options] of Object.entries(LOOKS)) {
    const people = await onlookers(world, options);
    for (const path of [
      'candidates',
      'attention',
      'activity',
      'insight',
      'integrations',
      'messages',
      'messages/templates',
      'integrations/receiving',
      'integrations/changes',
      'integrations/runs',
    ]) {
      await people.member.open(`${world.fulcrum.url}/${path}`);
      await expect(people.member.page.getByRole('main')).toBeVisible();
      const name = path.replace('/', '-');
      await people.member.page.screenshot({ path: join(FOLDER, `${name}-empty-${look}.png`) });
    }
  }
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await ana.open(`${world.fulcrum.url}/integrations`);
  await ana.page.screenshot({ path: join(FOLDER, 'integrations-recruiter.png') });
  await ana.open(`${world.fulcrum.url}/members`);
  await ana.page.screenshot({ path: join(FOLDER, 'not-allowed.png') });

  const walk = await readyToPaste(world);
  await walk.admin.page.screenshot({ path: join(FOLDER, 'wizard-connect-fresh.png') });
  await field(walk.admin, 'API key').fill('not-a-key');
  await press(walk.admin, 'Next');
  await expect(walk.admin.page.getByText(/does not accept this key/).first()).toBeVisible();
  await walk.admin.page.screenshot({ path: join(FOLDER, 'wizard-connect-refused.png') });
});
