/** Names that are read from right to left stand where they belong in sentences that are not. */
import type { Locator } from '@playwright/test';

import { expect, test } from '../fixtures/test.js';
import { candidateWhoAnswered, importButton, row } from '../walk/candidates.js';
import { AWKWARD } from '../walk/crowd.js';
import { connectedAtOnce } from '../walk/shortcuts.js';
import { navigation } from '../walk/sign-in.js';

const [NUR] = AWKWARD;
const SAMIRA = { name: 'سميرة منصور', email: 'samira@people.example' };

/** From where to where a piece of the text stands. */
function across(text: Locator, piece: string): Promise<{ from: number; to: number }> {
  return text.evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent?.indexOf(wanted) ?? -1;
      if (at >= 0) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { left, right } = range.getBoundingClientRect();
        return { from: left, to: right };
      }
    }
    throw new Error(`there is no ${wanted}`);
  }, piece);
}

test('on the log and among what needs attention', async ({ world }) => {
  const { ana, admin, outside, lever } = await connectedAtOnce(world);
  const failure = { endpoint: 'opportunities.create', kind: 'permission-missing' } as const;
  await lever.fail([{ ...failure, when: { probability: 1 } }]);
  for (const person of [NUR, SAMIRA]) {
    await candidateWhoAnswered(ana, outside, person);
    await importButton(ana, person).click();
    await ana.sees(row(ana, person).getByRole('button', { name: `Retry import of ${person.name}` }));
  }
  const { page } = admin;
  const isFollowed = async (text: Locator, pieces: string[]) => {
    const places: { from: number; to: number }[] = [];
    for (const piece of pieces) {
      places.push(await across(text, piece));
    }
    places.slice(1).forEach((place, at) => {
      expect(place.from, `${pieces[at + 1]} follows ${pieces[at]}`).toBeGreaterThanOrEqual(
        (places[at]?.to ?? 0) - 1,
      );
    });
  };

  await navigation(admin, 'Needs attention').click();
  const title = page.getByRole('heading', { name: `${NUR.name} was not imported into Lever`, exact: true });
  await admin.sees(title);
  await isFollowed(title, [NUR.name, 'was not imported']);

  // The two names in a row are two names, the first one first.
  await admin.open(`${world.fulcrum.url}/activity?name=people.example`);
  const about = page.getByText(/^About/);
  const names = await about.getByRole('link').allInnerTexts();
  expect(names).toHaveLength(2);
  await isFollowed(about, ['About', ...names]);
  const added = page.getByText(`Added ${NUR.name}.`, { exact: true });
  await isFollowed(added, ['Added', NUR.name]);

  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ['activity', 'attention']) {
    await admin.open(`${world.fulcrum.url}/${path}`);
    await expect(page.getByText(NUR.name).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
  }
});
