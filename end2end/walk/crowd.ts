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

/** Adds `count` candidates who were written to and have answered. */
export async function crowdThatAnswered(
  who: Visitor,
  outside: Visitor,
  url: string,
  count: number,
): Promise<void> {
  const post = async (by: Visitor, path: string, form: Record<string, string>) => {
    const answer = await by.page.request.post(`${url}${path}`, {
      form,
      headers: { origin: url },
      maxRedirects: 0,
    });
    if (answer.status() >= 400) {
      throw new Error(`${path} was refused: ${answer.status()}`);
    }
    return answer.headers()['location'] ?? '';
  };
  for (let number = 0; number < count; number += 1) {
    const name = `Answering ${String(number).padStart(3, '0')}`;
    const email = `answering${number}@people.example`;
    const page = new URL(await post(who, '/api/add_candidate', { name, email }), url);
    const candidate = page.pathname.split('/').at(-1) ?? '';
    await post(who, '/api/send_message', { candidate, text: `Hello ${name}` });
    const html = await (await who.page.request.get(page.href)).text();
    const token = /\/r\/([A-Za-z0-9_.-]+)/.exec(html)?.[1];
    if (token === undefined) {
      throw new Error(`${name} has no reply link`);
    }
    await post(outside, '/api/answer_reply', { token, text: 'Yes, gladly.' });
  }
}
