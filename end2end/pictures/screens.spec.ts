/** A picture of every screen in every state: light, dark and on a phone. */
import type { Page } from '@playwright/test';

import { NOT_THERE, REFUSED_FORM, SERVER_AWAY } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import { dialog, press } from '../walk/connect.js';
import { crowd } from '../walk/crowd.js';
import { inUse, onlookers, somethingTheMatter } from '../walk/screens.js';
import { choose } from '../walk/maps.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';
import { file, LOOKS, picture } from './looks.js';

test.describe('in use', () => {
  test.use({ contents: 'people' });

  test('every screen', async ({ world, complaints }) => {
    test.setTimeout(600_000);
    complaints.expect(NOT_THERE);
    const { screens } = await inUse(world);
    for (const [look, options] of Object.entries(LOOKS)) {
      const people = await onlookers(world, options);
      for (const { name, who, address, shows } of screens) {
        await people[who].open(address);
        await shows(people[who]);
        await picture(people[who], `${name}-${look}`);
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
      await people.member.open(address);
      await shows(people.member);
      await picture(people.member, `${name}-${look}`);
    }
  }
});

test.describe('hard to show', () => {
  test.use({ contents: 'people' });

  test('thousands of rows, long and right-to-left text, no connection, no server', async ({
    world,
    complaints,
  }) => {
    test.setTimeout(600_000);
    complaints.expect(SERVER_AWAY);
    const { url } = world.fulcrum;
    const ana = await world.visitor();
    await signIn(ana, world.fulcrum, MEMBERS.ana.email);
    await crowd(ana, url, 1_100);
    const find = (name: string) => `${url}/candidates?search=${encodeURIComponent(name.slice(0, 8))}`;
    const screens = {
      'candidates-thousands': `${url}/candidates`,
      'candidates-second-page': `${url}/candidates?sort=name`,
      'candidates-right-to-left': find('نور'),
      'candidates-long': find('Wolfesch'),
      'candidates-markup': find('script'),
      styleguide: `${url}/styleguide`,
    };
    for (const [look, options] of Object.entries(LOOKS)) {
      const { member } = await onlookers(world, options);
      const { page } = member;
      for (const [name, address] of Object.entries(screens)) {
        await member.open(address);
        await expect(page.getByRole('main')).toBeVisible();
        await picture(member, `${name}-${look}`);
        if (name === 'candidates-long' || name === 'candidates-right-to-left') {
          const person = await page.locator('tbody a.row-link').first().getAttribute('href');
          await member.open(new URL(person ?? '', url).href);
          await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible();
          await picture(member, `${name.replace('candidates', 'candidate')}-${look}`);
        }
      }
      await member.open(`${url}/candidates`);
      await page.locator('tbody .choose').first().check();
      await page.screenshot({ path: file(`candidates-chosen-${look}`) });
      await page.locator('body').press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
      await page.screenshot({ path: file(`candidates-keys-${look}`) });
      await page.keyboard.press('Escape');
      await world.fulcrum.program.stop('SIGTERM');
      await expect(page.getByText('The server cannot be reached.').first()).toBeVisible();
      await page.getByRole('combobox', { name: 'Filter by status' }).selectOption('Responded');
      await expect(page.getByRole('link', { name: 'Try again' })).toBeVisible();
      await page.screenshot({ path: file(`candidates-no-server-${look}`) });
      await world.fulcrum.program.start();
      await page.close();
    }
  });
});

test('empty', async ({ world }) => {
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
      await people.member.page.screenshot({ path: file(`${name}-empty-${look}`) });
    }
  }
});

test.describe('in mid-work', () => {
  test.use({ contents: 'people' });

  test('loading, offline and signed out', async ({ world, complaints }) => {
    complaints.expect(REFUSED_FORM);
    complaints.expect(SERVER_AWAY);
    for (const [look, options] of Object.entries(LOOKS)) {
      const { member } = await onlookers(world, options);
      const { page, context } = member;
      const view = (name: string) => page.screenshot({ path: file(`${name}-${look}`) });
      await member.open(`${world.fulcrum.url}/candidates/new`);
      // An answer that is on its way for as long as the picture takes.
      const answer = await held(page, /draw_insight/);
      await page.getByRole('link', { name: 'Insight', exact: true }).click();
      await expect(page.getByText('Loading', { exact: true })).toBeVisible();
      await view('insight-loading');
      answer();
      await expect(page.getByText('Loading', { exact: true })).toBeHidden();

      await page.getByRole('link', { name: 'Candidates', exact: true }).click();
      await page.locator('tbody a.row-link').first().click();
      const message = page.getByRole('textbox', { name: 'Message', exact: true });
      await message.fill('Hello, would you like to talk about compilers?');
      await context.setOffline(true);
      await expect(page.getByText('The server cannot be reached. What you type stays here')).toBeVisible();
      await view('candidate-offline');
      await context.setOffline(false);
      await expect(page.getByText('The server cannot be reached. What you type stays here')).toBeHidden();
      await context.clearCookies();
      await page.getByRole('button', { name: 'Send message', exact: true }).click();
      await expect(page.getByRole('alert').first()).toBeVisible();
      await view('candidate-signed-out');
      await page.close();
    }
  });
});

test('two people edit one map', async ({ world, complaints }) => {
  test.setTimeout(300_000);
  complaints.expect(REFUSED_FORM);
  const walk = await connectedAtOnce(world);
  for (const [turn, [look, options]] of Object.entries(LOOKS).entries()) {
    const { member } = await onlookers(world, options);
    await openWizard(walk, walk.admin, 'stages');
    await openWizard(walk, member, 'stages');
    await choose(member, 'Offer', 'Hired');
    await choose(walk.admin, 'Offer', turn % 2 === 0 ? 'Interviewing' : 'Contacted');
    await press(walk.admin, 'Save');
    await expect(dialog(walk.admin)).toHaveCount(0);
    await press(member, 'Save');
    await expect(dialog(member).getByText(/^Somebody saved/)).toBeVisible();
    await member.page.screenshot({ path: file(`wizard-stages-two-people-${look}`) });
    await member.close();
  }
});

/** Holds back what answers `path`; gives what lets it go. */
async function held(page: Page, path: RegExp): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(path, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
