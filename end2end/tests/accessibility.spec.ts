/** Every screen of both applications: axe in light and dark, wide and narrow. */
import { NOT_THERE, REFUSED_FORM } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { faults, faultsOfColour } from '../walk/axe.js';
import { candidateWhoAnswered, importIntoLever, openCandidate } from '../walk/candidates.js';
import { field, press, step } from '../walk/connect.js';
import { moveTo, openInLever } from '../walk/lever-candidate.js';
import { choose } from '../walk/maps.js';
import { inUse, onlookers } from '../walk/screens.js';
import { connectedAtOnce, openWizard } from '../walk/shortcuts.js';
import { signIn } from '../walk/sign-in.js';
import { NOOR } from '../walk/walk.js';
import { setStatus } from '../walk/way-back.js';

test.use({ contents: 'people' });

/** axe on what is shown, light and dark. */
async function isAccessible(who: Visitor, name: string): Promise<void> {
  await who.page.emulateMedia({ colorScheme: 'light' });
  expect.soft(await faults(who, `${name}, light`)).toEqual([]);
  await who.page.emulateMedia({ colorScheme: 'dark' });
  expect.soft(await faultsOfColour(who, `${name}, dark`)).toEqual([]);
}

/** How wide the page shown is: wider than the window, and it scrolls sideways. */
function widthOf({ page }: Visitor): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

test('every screen is accessible in light and dark, and none scrolls sideways', async ({
  world,
  complaints,
}) => {
  test.setTimeout(300_000);
  complaints.expect(NOT_THERE);
  const { screens } = await inUse(world);

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 1024],
  ] as const) {
    const people = await onlookers(world, {
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width, height: 800 },
    });
    for (const { name, who, address, shows } of screens) {
      await test.step(`${name}, ${colorScheme}`, async () => {
        await people[who].open(address);
        await shows(people[who]);
        expect.soft(await faults(people[who], name)).toEqual([]);
        await expect.soft(people[who].page, name).toHaveTitle(/\S/);
        expect.soft(await widthOf(people[who]), `${name} at ${width}`).toBeLessThanOrEqual(width);
      });
    }
  }

  // A phone, and a desk at 200 %: what is 1280 wide has room for 640.
  for (const viewport of [
    { width: 320, height: 640 },
    { width: 640, height: 400 },
  ]) {
    const people = await onlookers(world, { viewport });
    for (const { name, who, address, shows } of screens) {
      await test.step(`${name}, ${viewport.width} px`, async () => {
        await people[who].open(address);
        await shows(people[who]);
        expect.soft(await widthOf(people[who]), `${name} at ${viewport.width}`).toBeLessThanOrEqual(viewport.width);
      });
    }
  }
});

test('every state of a list and of a dialog is accessible', async ({ world, complaints }) => {
  test.setTimeout(300_000);
  complaints.expect(REFUSED_FORM);
  const walk = await connectedAtOnce(world);
  const { admin, ana, inLever, outside } = walk;
  await candidateWhoAnswered(ana, outside, NOOR);
  await importIntoLever(ana, NOOR);

  await test.step('some are chosen, and the keys are shown', async () => {
    await ana.page.locator('tbody .choose').first().check();
    await expect(ana.page.getByRole('button', { name: 'Import selected', exact: true })).toBeVisible();
    await isAccessible(ana, 'some are chosen');
    await ana.page.setViewportSize({ width: 320, height: 640 });
    await isAccessible(ana, 'some are chosen, and the menu, on a phone');
    await ana.page.setViewportSize({ width: 1280, height: 900 });
    await ana.page.locator('tbody .choose').first().uncheck();
    await ana.page.locator('body').press('?');
    await expect(ana.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await isAccessible(ana, 'the keys');
    await ana.page.keyboard.press('Escape');
  });

  await test.step('a conflict of two statuses', async () => {
    await openCandidate(ana, NOOR);
    await setStatus(ana, 'Offer');
    await openInLever(inLever, NOOR);
    await moveTo(inLever, 'Recruiter screen');
    await ana.sees(ana.page.getByRole('region', { name: 'Conflicting status' }));
    await isAccessible(ana, 'a conflict');
  });

  await test.step('a question, and the wizard refused', async () => {
    await admin.open(`${world.fulcrum.url}/integrations?disconnect=ask`);
    await expect(admin.page.getByRole('dialog', { name: 'Disconnect Lever?' })).toBeVisible();
    await isAccessible(admin, 'a question');
    await openWizard(walk, admin, 'connect');
    await field(admin, 'API key').fill('not-a-key');
    await press(admin, 'Next');
    await expect(field(admin, 'API key')).toHaveAttribute('aria-invalid', 'true');
    await isAccessible(admin, 'the first step, refused');
    await openWizard(walk, admin, 'users');
    await choose(admin, 'Ben Okafor', 'Ana Ruiz');
    await press(admin, 'Next');
    await expect(admin.page.getByText(/Another member is mapped to this Lever user/).first()).toBeVisible();
    await expect(step(admin, 'User Account Mapping')).toBeVisible();
    await isAccessible(admin, 'the second step, refused');
  });

  await test.step('forms that were refused', async () => {
    for (const [path, button, wrong] of [
      ['/candidates/new', 'Save', /Enter a name/],
      ['/members', 'Invite', /Enter an e-mail address/],
      ['/messages/templates', 'Save', /Enter a name for the template/],
      ['/messages/new?all=1', 'Preview', /Write a message first/],
    ] as const) {
      await admin.open(`${world.fulcrum.url}${path}`);
      await admin.page.getByRole('button', { name: button, exact: true }).click();
      await expect(admin.page.getByText(wrong).first()).toBeVisible();
      await isAccessible(admin, `${path}, refused`);
    }
  });
});

test.describe('first use', () => {
  test.use({ contents: 'members' });

  test('every empty list is accessible', async ({ world }) => {
    const member = await world.visitor({ reducedMotion: 'reduce' });
    await signIn(member, world.fulcrum, MEMBERS.superAdmin.email);
    for (const path of [
      'candidates',
      'attention',
      'activity',
      'insight',
      'imports',
      'messages',
      'messages/templates',
      'integrations',
      'integrations/receiving',
      'integrations/changes',
      'integrations/runs',
      'integrations/health',
    ]) {
      await member.open(`${world.fulcrum.url}/${path}`);
      await expect(member.page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
      await isAccessible(member, `${path}, empty`);
    }
  });
});

test('the keyboard alone searches and imports', async ({ world }) => {
  const { walk } = await inUse(world);
  const { page } = walk.ana;
  await page.locator('body').press('/');
  await expect(page.getByRole('searchbox', { name: 'Search candidates' })).toBeFocused();
  await page.keyboard.type('theo');
  await expect(page.getByRole('link', { name: 'Theo Lindgren', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Noor Haddad', exact: true })).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('i');
  await expect(page.getByRole('link', { name: 'View Theo Lindgren in Lever' })).toBeVisible();
});
