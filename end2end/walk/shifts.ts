/** How much of a page has moved by itself. */
import { expect } from '@playwright/test';

import type { Visitor } from '../fixtures/visitor.js';

/** What Web Vitals calls good is five times as much. */
const STILL = 0.02;

/** One move of something, as far as it counts. */
interface Shift {
  by: number;
  /** What moved, from where to where. */
  what: string[];
}

/** Every shift since the page was loaded, those right after a press included. */
function shifts({ page }: Visitor): Promise<Shift[]> {
  return page.evaluate(
    () =>
      new Promise<Shift[]>((resolve) => {
        const found: Shift[] = [];
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, sources } = entry as unknown as {
              value: number;
              sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
            };
            const what = sources.map(({ node, previousRect: from, currentRect: to }) => {
              const element = node instanceof Element ? node : node?.parentElement;
              const name = `${element?.tagName.toLowerCase()}.${element?.className}`;
              return `${name} ${[from.x, from.y, from.width, from.height]} -> ${[to.x, to.y, to.width, to.height]}`;
            });
            found.push({ by: value, what });
          }
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            observer.disconnect();
            resolve(found);
          }),
        );
      }),
  );
}

function hold(name: string, found: Shift[]): void {
  const sum = found.reduce((all, { by }) => all + by, 0);
  const what = found.flatMap(({ by, what }) => [`${by} by`, ...what]);
  expect.soft(sum, [name, ...what].join('\n')).toBeLessThan(STILL);
}

/** Nothing has moved since the page was loaded. */
export async function stoodStill(who: Visitor, name: string): Promise<void> {
  hold(name, await shifts(who));
}

/** Nothing moves by `deed` and what it leads to. */
export async function standsStill(who: Visitor, name: string, deed: () => Promise<void>): Promise<void> {
  const before = (await shifts(who)).length;
  await deed();
  hold(name, (await shifts(who)).slice(before));
}
