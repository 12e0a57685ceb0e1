/** Where the keyboard is, and what can be seen of it. */
import type { Visitor } from '../fixtures/visitor.js';

/** A stop on the way through a page by Tab. */
export interface Stop {
  name: string;
  /** The ring around it is drawn. */
  seen: boolean;
  /** Some of it lies under nothing that sticks, and within the window (WCAG 2.2, 2.4.11). */
  clear: boolean;
  /** It stands in the screen, and not in the menu or a bar. */
  inMain: boolean;
  /** Where it stands in the document. */
  top: number;
  bottom: number;
  left: number;
}

/** Where the keyboard is now; nothing when it is nowhere. */
export function stop({ page }: Visitor): Promise<Stop | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) {
      return null;
    }
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    // Of what it is made of, any point that is on top will do.
    const points = [0.1, 0.5, 0.9].flatMap((down) =>
      [0.1, 0.5, 0.9].map((along) => ({
        x: box.left + box.width * along,
        y: box.top + box.height * down,
      })),
    );
    const clear = points.some(({ x, y }) => {
      const there = document.elementFromPoint(x, y);
      return there !== null && (element.contains(there) || there.contains(element));
    });
    return {
      name: element.getAttribute('aria-label') ?? (element.textContent?.trim() || element.id),
      seen: outlined && box.width > 1 && box.height > 1 && style.visibility === 'visible',
      clear,
      inMain: element.closest('main') !== null && element.closest('.selection') === null,
      top: box.top + window.scrollY,
      bottom: box.bottom + window.scrollY,
      left: box.left,
    };
  });
}

/** Every stop from the top of a page that was just opened to its end. */
export async function stops(who: Visitor, most = 250): Promise<Stop[]> {
  const found: Stop[] = [];
  for (let presses = 0; presses < most; presses += 1) {
    await who.page.keyboard.press('Tab');
    const now = await stop(who);
    if (now === null) {
      return found;
    }
    found.push(now);
  }
  throw new Error(`there is no end after ${most} stops`);
}

/** Those that are not reached as one reads: from top to bottom, in a line from the start. */
export function outOfOrder(found: Stop[]): string[] {
  const wrong: string[] = [];
  found.slice(1).forEach((now, at) => {
    const before = found[at] as Stop;
    const sameLine = now.top < before.bottom && before.top < now.bottom;
    if (sameLine ? now.left <= before.left : now.top < before.top) {
      wrong.push(`${before.name}, then ${now.name}`);
    }
  });
  return wrong;
}
