/** One stream of news a tab: it comes back after a cut, and is closed where nobody looks. */
import { SERVER_AWAY } from '../fixtures/complaints.js';
import { MEMBERS } from '../fixtures/fulcrum.js';
import { expect, test } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { crowd } from '../walk/crowd.js';
import { navigation, signIn } from '../walk/sign-in.js';

test.use({ contents: 'people' });

/** Goes elsewhere, so that the stream of the page before is over. */
async function leave(who: Visitor): Promise<void> {
  await who.page.goto('about:blank');
}

/** Streams that were begun, and those that ended. */
function streams(who: Visitor): { begun: number; ended: number } {
  const seen = { begun: 0, ended: 0 };
  const isStream = (url: string) => new URL(url).pathname === '/events';
  who.page.on('request', (request) => (seen.begun += Number(isStream(request.url()))));
  who.page.on('requestfailed', (request) => (seen.ended += Number(isStream(request.url()))));
  who.page.on('requestfinished', (request) => (seen.ended += Number(isStream(request.url()))));
  return seen;
}

/** Whether the tab is seen, as the page is told. */
async function turn(who: Visitor, state: 'hidden' | 'visible'): Promise<void> {
  await who.page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, state);
}

function person(who: Visitor, number: number) {
  return who.page.getByRole('link', { name: `Person ${String(number).padStart(4, '0')}`, exact: true });
}

test('a tab has one stream, whatever screens are looked at', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.superAdmin.email);
  await leave(ana);
  const seen = streams(ana);
  await ana.open(`${world.fulcrum.url}/candidates`);
  await expect.poll(() => seen.begun).toBe(1);
  for (const screen of ['Activity', 'Integrations', 'Candidates']) {
    await navigation(ana, screen).click();
    await expect(ana.page.getByRole('heading', { level: 1, name: screen })).toBeVisible();
  }
  expect(seen).toEqual({ begun: 1, ended: 0 });
});

test('the stream comes back after the server was killed, and catches up', async ({
  world,
  complaints,
}) => {
  complaints.expect(SERVER_AWAY);
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  const ben = await world.visitor();
  await signIn(ben, world.fulcrum, MEMBERS.ben.email);
  await crowd(ben, world.fulcrum.url, 1);
  await expect(person(ana, 0)).toBeVisible();
  await world.fulcrum.restart('SIGKILL');
  await ben.page.request.post(`${world.fulcrum.url}/api/add_candidate`, {
    form: { name: 'Person 0001', email: 'late@people.example', headline: '', company: '', location: '' },
    headers: { origin: world.fulcrum.url },
    maxRedirects: 0,
  });
  await expect(person(ana, 1)).toBeVisible({ timeout: 15_000 });
});

test('a hidden tab listens to nothing, and catches up when it is seen again', async ({ world }) => {
  const ana = await world.visitor();
  await signIn(ana, world.fulcrum, MEMBERS.ana.email);
  await leave(ana);
  const seen = streams(ana);
  await ana.open(`${world.fulcrum.url}/candidates`);
  await expect.poll(() => seen.begun).toBe(1);
  await turn(ana, 'hidden');
  await expect.poll(() => seen.ended).toBe(1);

  const ben = await world.visitor();
  await signIn(ben, world.fulcrum, MEMBERS.ben.email);
  await crowd(ben, world.fulcrum.url, 1);
  await expect(person(ben, 0)).toBeVisible();
  await expect(person(ana, 0)).toHaveCount(0);
  await turn(ana, 'visible');
  await expect(person(ana, 0)).toBeVisible();
  expect(seen.begun).toBe(2);
});

test('what changes while a page is on its way is shown on it', async ({ world }) => {
  const admin = await world.visitor();
  const { page } = admin;
  const { url } = world.fulcrum;
  const menuAsks = () => page.waitForRequest('**/api/current_viewer');
  await signIn(admin, world.fulcrum, MEMBERS.superAdmin.email);
  await leave(admin);
  // The first time it asks because the stream is open.
  await Promise.all([menuAsks(), admin.open(`${url}/candidates`)]);
  const nora = page.getByRole('link', { name: 'Nora Lindgren', exact: true });
  const candidate = (await nora.getAttribute('href'))?.split('/').at(-1) ?? '';
  const post = (deed: string, form: Record<string, string>) =>
    page.request.post(`${url}/api/${deed}`, { form, headers: { origin: url }, maxRedirects: 0 });
  await page.route(
    '**/api/read_candidate',
    async (route) => {
      const response = await route.fetch();
      await post('set_status', { candidate, status: 'rejected' });
      // Told after it, on the same stream: once the menu asks, both were told.
      await Promise.all([menuAsks(), post('invite_member', { email: 'cleo@demo.example', role: 'admin' })]);
      await route.fulfill({ response });
    },
    { times: 1 },
  );
  await nora.click();
  await expect(page.getByRole('heading', { name: 'Nora Lindgren', exact: true })).toBeVisible();
  await expect(page.locator('.candidate-head .badge')).toHaveText('Rejected');
});
