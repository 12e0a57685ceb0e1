/** Many candidates at once, by the form that a person would fill in. */
import type { Visitor } from '../fixtures/visitor.js';

/** Somebody whose data is hard to show. */
export const AWKWARD = [
  {
    name: 'مرحبا نور الدين',
    email: 'nur@people.example',
    headline: 'مهندسة برمجيات',
    company: 'شركة النيل',
  },
  {
    name: 'Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschafers',
    email: `${'very.long.'.repeat(5)}address@people.example`,
    headline: 'Principal engineer of everything that nobody else wanted to look after, '.repeat(2).trim(),
    company: 'A Company With A Name That Goes On For Quite Some Time, Limited',
  },
  {
    name: '<script>alert(1)</script>',
    email: 'markup@people.example',
    headline: '&amp; "quotes" \'and\' more',
    company: '</td></tr>',
  },
] as const;

/** Adds `count` candidates, and those who are hard to show. */
export async function crowd(who: Visitor, url: string, count: number): Promise<void> {
  const people: Record<string, string>[] = AWKWARD.map((person) => ({ ...person }));
  for (let number = 0; number < count; number += 1) {
    people.push({
      name: `Person ${String(number).padStart(4, '0')}`,
      email: `person${number}@people.example`,
      headline: 'Engineer',
      company: `Company ${number % 17}`,
    });
  }
  for (const person of people) {
    const answer = await who.page.request.post(`${url}/api/add_candidate`, {
      form: { location: '', ...person },
      headers: { origin: url },
      maxRedirects: 0,
    });
    if (answer.status() >= 400) {
      throw new Error(`${person.name} could not be added: ${answer.status()}`);
    }
  }
}
