/** Who takes part in the walk, and what they carry from one page to the next. */
import { type Fulcrum, MEMBERS } from '../fixtures/fulcrum.js';
import type { PracticeLever, Tokens } from '../fixtures/practice-lever.js';
import type { World } from '../fixtures/test.js';
import type { Visitor } from '../fixtures/visitor.js';
import { signIn } from './sign-in.js';

/** A sourced person of the walk. */
export interface Person {
  name: string;
  email: string;
}

/** Becomes a hire. */
export const NOOR: Person = { name: 'Noor Haddad', email: 'noor.haddad@people.example' };
/** Is archived, and comes back. */
export const THEO: Person = { name: 'Theo Lindgren', email: 'theo.lindgren@people.example' };

export interface Walk {
  readonly lever: PracticeLever;
  readonly fulcrum: Fulcrum;
  readonly tokens: Tokens;
  /** The Super Admin in Fulcrum. */
  readonly admin: Visitor;
  /** The same person in the practice Lever, in another tab. */
  inLever: Visitor;
  /** A recruiter in Fulcrum. */
  readonly ana: Visitor;
  /** The candidates' browser. */
  readonly outside: Visitor;
  /** What was copied from one application, to be pasted in the other. */
  copied: { key?: string; webhookUrl?: string; signingTokens?: string };
}

/** Everybody at their browsers, nobody signed in. */
export async function begin(world: World): Promise<Walk> {
  const admin = await world.visitor();
  await admin.open(world.fulcrum.url);
  const inLever = await admin.tab();
  await inLever.open(world.lever.url);
  return {
    lever: world.lever,
    fulcrum: world.fulcrum,
    tokens: world.tokens,
    admin,
    inLever,
    ana: await world.visitor(),
    outside: await world.visitor(),
    copied: {},
  };
}

/** The Super Admin signs in, and Ana too. */
export async function everybodySignsIn(walk: Walk): Promise<void> {
  await signIn(walk.admin, walk.fulcrum, MEMBERS.superAdmin.email);
  await signIn(walk.ana, walk.fulcrum, MEMBERS.ana.email);
}

/** What was copied before; a test that pastes nothing is at fault itself. */
export function carried(walk: Walk, what: keyof Walk['copied']): string {
  const text = walk.copied[what];
  if (!text) {
    throw new Error(`nothing was copied as ${what}`);
  }
  return text;
}
