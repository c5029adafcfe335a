import type { Change, Limits, Standing } from '../../../src/access/cloud.ts';
import type { Grant } from '../../../src/access/grant.ts';
import type { ChangingOperation } from '../../../src/access/request.ts';
import type { EngineOptions } from './engine.ts';
import type { Answer } from '../fake-cloud.ts';
import type { Ending } from './fake-operations.ts';
import { assignmentsOn, cloudError, keyOf } from '../fixtures.ts';
import { between, pick, seeded } from './seeded.ts';

/** A simulated cloud full of grants, the courses of its operations, and the requests to it. */
export interface World {
  readonly operation: ChangingOperation;
  readonly grants: readonly Grant[];
  readonly limits: Limits;
  readonly options: EngineOptions;
}

const lost = cloudError('unreachable', { code: 'ECONNRESET', requestId: null });

/** Probability of faults, from 0 to 1. */
export interface Trouble {
  /** A start is refused in passing. */
  readonly refused: number;
  /** A start is refused for good. */
  readonly denied: number;
  /** An operation ends FAILED. */
  readonly failed: number;
  /** A start is carried out and its answer lost. */
  readonly lost: number;
}

export const noTrouble: Trouble = { refused: 0, denied: 0, failed: 0, lost: 0 };

/** Results of single tries: the same for the same seed, in any order of the tries. */
function chances(seed: number): (about: string) => number {
  return (about) => {
    let hash = seed;
    for (const letter of about) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) % 2_147_483_647;
    const random = seeded(Math.abs(hash) + 1);
    random();
    return random();
  };
}

/**
 * A world for a seed: grants, lanes, limits, durations and lags, and the part of the requested state that exists
 * already.
 */
export function makeWorld(seed: number, trouble: Trouble): World {
  const random = seeded(seed);
  const chance = chances(seed);
  const grants = assignmentsOn(between(random, 2, 90), between(random, 1, 25));
  const operation = pick<ChangingOperation>(random, ['assign', 'assign', 'revoke']);
  const limits: Limits = {
    inFlight: between(random, 1, 100),
    outstanding: random() < 0.7 ? { create: between(random, 1, 20), remove: between(random, 1, 40) } : {},
  };
  const lanes = random() < 0.7;
  const there = random() * 0.6;
  const standing = (grant: Grant): Standing => {
    if (chance(`there ${keyOf(grant)}`) >= there) return operation === 'revoke' ? 'current' : 'absent';
    if (operation === 'revoke') return 'absent';
    return pick<Standing>(() => chance(`how ${keyOf(grant)}`), ['current', 'current', 'outdated', 'conflicting']);
  };
  const course = (change: Change): { readonly takes: number; readonly ending: Ending } => {
    const about = keyOf(change.grant);
    const passing = chance(`passing ${about}`) < 0.5;
    const ending: Ending =
      chance(`failed ${about}`) < trouble.failed
        ? { state: 'FAILED', reason: 'it was not to be', passing }
        : { state: 'SUCCEEDED' };
    return { takes: 2_000 + Math.floor(chance(`takes ${about}`) * 13_000), ending };
  };
  const answers = (change: Change, tries: number): Answer | null => {
    const about = keyOf(change.grant);
    if (chance(`denied ${about}`) < trouble.denied) return { kind: 'refuse', error: cloudError('denied') };
    const luck = chance(`answer ${about} ${tries}`);
    if (luck < trouble.refused / 2) return { kind: 'refuse', error: cloudError('throttled') };
    if (luck < trouble.refused) return { kind: 'refuse', error: cloudError('busy') };
    if (luck < trouble.refused + trouble.lost) return { kind: 'lose', error: lost };
    return null;
  };
  return {
    operation,
    grants,
    limits,
    options: {
      grants,
      limits,
      standing,
      course,
      answers,
      laneOf: lanes ? ({ grant }) => grant.target.id : () => null,
      readTogether: random() < 0.5 ? ({ target }) => target.id : keyOf,
      latency: between(random, 0, 300),
      readLag: random() < 0.5 ? 0 : between(random, 0, 4_000),
      unlistable: random() < 0.2,
      // Dates of a cloud are rounded.
      tolerance: 1_000,
      random: seeded(seed + 1),
      timeoutMs: 3_600_000,
      mostTimers: 400_000,
    },
  };
}
