/** axe, by the rules of WCAG 2.2 at level AA. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { AxeResults, RunOnly } from 'axe-core';

import type { Visitor } from '../fixtures/visitor.js';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What is wrong with the page shown: a line for each fault. */
export async function faults(who: Visitor, name: string): Promise<string[]> {
  return broken(who, name, { type: 'tag', values: RULES });
}

/** As `faults`, of what is wrong with the colours only: for a page that was looked at in others. */
export async function faultsOfColour(who: Visitor, name: string): Promise<string[]> {
  return broken(who, name, { type: 'rule', values: ['color-contrast'] });
}

async function broken(who: Visitor, name: string, runOnly: RunOnly): Promise<string[]> {
  if (!(await who.page.evaluate(() => 'axe' in globalThis))) {
    await who.page.evaluate(SOURCE);
  }
  // Half-way between two colours nothing need be readable. Nobody waits for the end: a page
  // of which nothing is being painted may never come to it.
  await who.page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) {
        animation.finish();
      }
    }
  });
  const violations = await who.page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (context: Document, options: object) => Promise<AxeResults> };
    };
    const results = await axe.run(document, { runOnly });
    return results.violations.map(({ id, nodes }) => ({
      id,
      places: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  }, runOnly);
  return violations.map(({ id, places }) => `${name}: ${id}: ${places.join(' | ')}`);
}
