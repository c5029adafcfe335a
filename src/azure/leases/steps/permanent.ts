import { createProtocol, type Go, type Moment, type Phases, type Protocol } from '#access/leases/protocol/protocol';
import { isFound, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { union, type Entry } from './entries.ts';
import {
  asRead,
  pauseThenRead,
  pausing,
  readAnew,
  settleThenRead,
  settling,
  settlingLost,
  whileFresh,
  type Pausing,
} from './writing.ts';

/** Memory of a permanent assign of one grant. Instants are in milliseconds on the monotonic clock. */
export interface Permanent extends Pausing {
  readonly name: string;
  /** Holders of a lease of it. */
  readonly others: readonly Entry[];
  /** A record was removed, or might have been. */
  readonly committed: boolean;
}

/** `permanent`: the access is permanent now. `failed`: nothing was changed. `broken`: unknown which of both. */
export type PermanentOutcome = 'permanent' | 'failed' | 'broken';

type PermanentGo = Go<Permanent, PermanentOutcome>;

/** Removes the record of leased access until it stays away. Source: docs/design/leases.md#permanent-assign-on-azure. */
const phases: Phases<Permanent, Ask, Answer, PermanentOutcome> = {
  find: {
    ask: () => ({ do: 'get', expected: null, jobs: false, before: 'put' }),
    then: placed,
  },
  create: {
    ask: (it) => ({ do: 'create', entries: null, notAfter: whileFresh(it) }),
    then: wrote,
  },
  strip: {
    ask: (it) => ({ do: 'write', name: it.name, entries: null, notAfter: whileFresh(it) }),
    then: wrote,
  },
  settle: settleThenRead('find'),
  again: pauseThenRead('find'),
};

export const permanentProtocol: Protocol<Permanent, Ask, Answer, PermanentOutcome> = createProtocol(phases);

/** Begins at `find`. */
export function newPermanent(constants: Constants, { mono }: Moment): Permanent {
  return { constants, name: '', others: [], committed: false, readAt: mono, settledAt: 0, sleepUntil: 0 };
}

function placed(before: Permanent, answer: Answer, now: Moment): PermanentGo {
  if (!isFound(answer)) return breakOff(before);
  const it = asRead(before, answer.asOf);
  if (answer.is === 'none') return { to: 'create', memory: it };
  if (answer.is === 'lease')
    return { to: 'strip', memory: { ...it, name: answer.name, others: union(it.others, answer.entries) } };
  // A write that is based on an older read might restore the record.
  return now.mono < it.settledAt ? { to: 'settle', memory: it } : { end: 'permanent', memory: it };
}

function wrote(it: Permanent, answer: Answer, now: Moment): PermanentGo {
  const committed = { ...it, committed: true };
  if (answer.is === 'done') return { to: 'settle', memory: settling(committed, now) };
  if (answer.is === 'lost') return { to: 'settle', memory: settlingLost(committed, now) };
  if (answer.is === 'taken') return pausing('again', it, now);
  return answer.is === 'late' ? readAnew('find', it, now) : breakOff(it);
}

/** Outcome when it is interrupted, or has failed. */
function breakOff(memory: Permanent): PermanentGo {
  return { end: memory.committed ? 'broken' : 'failed', memory };
}
