import { isDeepStrictEqual } from 'node:util';
import type { Answer, Ask } from '../../src/aws/leases/steps/asks.ts';
import type { Protocol } from '../../src/access/leases/protocol/protocol.ts';
import { forget } from './forget.ts';
import type { KeptView } from './records.ts';
import { now, tick, unit, type Durations } from './scale.ts';
import type { Memory, Outcome, Role, Steps } from './steps.ts';

/** State of a party in its protocol, as of now. One object for each. */
export interface Place {
  readonly id: number;
  readonly role: Role;
  readonly at: string;
  readonly memory: Memory;
  readonly ask: Ask;
  /** It only waits or records something, at any time: no other party can see it. */
  readonly isPrivate: boolean;
  /** Known results: of each response, and of each number of ticks. */
  readonly taken: Map<number, Next>;
  readonly later: Map<number, Place>;
}

let places = 0;

export type Simple = Exclude<Answer, { readonly is: 'rows' }>['is'];
/** Response to a request: a word, or the rows of a list. */
export type Reply = Simple | KeptView;

export type Next =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly memory: Memory };

/** The shipped steps, run once for each place and response, and remembered. */
export interface Places {
  enter(role: Role, at: string, memory: Memory): Place;
  step(place: Place, reply: Reply, today: number): Next;
  aged(place: Place, ticks: number): Place;
  readonly size: () => number;
}

const simples: readonly Simple[] = ['done', 'taken', 'missing', 'late', 'busy', 'lost', 'failed', 'yes', 'no'];
/** All fields of a memory that are instants: one that is missing here makes every state a new one. */
const instants = [
  'askedAt',
  'heldAt',
  'armedAt',
  'createdAt',
  'droppedAt',
  'listedAt',
  'fireUntil',
  'sleepUntil',
] as const;
type Instant = (typeof instants)[number];

export function createPlaces(steps: Steps, durations: Durations, remembers: boolean): Places {
  type AnyProtocol = Protocol<Memory, Ask, Answer, Outcome>;
  const protocols: Readonly<Record<Role, AnyProtocol>> = {
    holder: steps.holderProtocol,
    sweep: steps.sweepProtocol,
    permanent: steps.permanentProtocol,
    revoke: steps.revocationProtocol,
  };
  const clips = clipsOf(durations);
  const byKey = new Map<string, Place>();

  const normal = (role: Role, at: string, memory: Memory): Memory =>
    clipped(remembers ? memory : forget(role, at, memory), clips);
  const take = (place: Place, answer: Answer, mono: number, date: number): Next => {
    const turn = protocols[place.role].step({ at: place.at, memory: place.memory }, answer, { mono, date });
    if (turn.kind === 'end') return { kind: 'end', outcome: turn.outcome, memory: turn.memory };
    return { kind: 'place', place: enter(place.role, turn.place.at, turn.place.memory) };
  };
  const isPrivate = (role: Role, at: string, memory: Memory, ask: Ask): boolean => {
    if (ask.do === 'save') return true;
    if (ask.do !== 'sleep' || ask.until > now) return false;
    const at1 = protocols[role].step({ at, memory }, { is: 'done' }, { mono: now, date: 1 });
    const at2 = protocols[role].step({ at, memory }, { is: 'done' }, { mono: now + 500, date: 100 * unit });
    return isDeepStrictEqual(at1, at2);
  };
  const enter = (role: Role, at: string, raw: Memory): Place => {
    const memory = normal(role, at, raw);
    const key = `${role} ${at} ${JSON.stringify({ ...memory, constants: null })}`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const turn = protocols[role].enter(at, memory);
    if (turn.kind === 'end') throw new TypeError(`${at} is no phase`);
    const { ask } = turn;
    const place: Place = {
      id: places,
      role,
      at,
      memory,
      ask,
      isPrivate: isPrivate(role, at, memory, ask),
      taken: new Map(),
      later: new Map(),
    };
    places += 1;
    byKey.set(key, place);
    return place;
  };

  return {
    enter,
    step(place, reply, today) {
      const isWord = typeof reply === 'string';
      const key = (isWord ? simples.indexOf(reply) : simples.length + reply.id) * 64 + today;
      const known = place.taken.get(key);
      if (known !== undefined) return known;
      const answer: Answer = isWord ? { is: reply } : { is: 'rows', rows: reply.rows, asOf: reply.date };
      const next = take(place, answer, now, isWord ? today * unit + 1 : Math.max(reply.date, today * unit + 1));
      place.taken.set(key, next);
      return next;
    },
    aged(place, ticks) {
      const known = place.later.get(ticks);
      if (known !== undefined) return known;
      const aged = enter(place.role, place.at, shifted(place.memory, ticks));
      place.later.set(ticks, aged);
      return aged;
    },
    size: () => byKey.size,
  };
}

/** The largest age of each instant that anything compares; `null` for a future one. */
type Clips = Readonly<Record<Instant, number | null>>;

function clipsOf({ settle, armMax, createMax, lag, readLag, sendWithin }: Durations): Clips {
  const most = (...ticks: readonly number[]): number => Math.max(...ticks.filter((it) => Number.isFinite(it)));
  return {
    askedAt: most(armMax, createMax, 0) + 1,
    heldAt: most(settle, 0) + 1,
    armedAt: lag,
    createdAt: readLag,
    droppedAt: sendWithin + 1,
    listedAt: most(settle, sendWithin) + 1,
    fireUntil: null,
    sleepUntil: null,
  };
}

function withInstants(memory: Memory, change: (name: Instant, value: number) => number): Memory {
  const values: Partial<Record<Instant, number>> = memory;
  const changed = instants.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [[name, change(name, value)] as const];
  });
  return { ...memory, ...Object.fromEntries(changed) };
}

function clipped(memory: Memory, clips: Clips): Memory {
  return withInstants(memory, (name, value) => {
    if (value === 0) return 0;
    const most = clips[name];
    if (most !== null) return Math.max(value, now - most * tick);
    if (value > now) return now + Math.ceil((value - now) / tick) * tick;
    // Over: its age makes no difference, but a wait for real firings differs from one that never happened.
    return name === 'fireUntil' ? 1 : 0;
  });
}

function shifted(memory: Memory, ticks: number): Memory {
  return withInstants(memory, (_, value) => (value <= 1 ? value : value - ticks * tick));
}
