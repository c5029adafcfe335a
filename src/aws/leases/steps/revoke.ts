import { createProtocol, type Go, type Moment, type Phases, type Protocol } from '#access/leases/protocol/protocol';
import { isTrouble, whenListed, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { endingPhases } from './ending.ts';
import {
  asOther,
  isAbandonedPermanentHold,
  isLiveLease,
  isSpentTimer,
  nameOf,
  type OtherHolder,
  type RecordName,
  type Row,
} from './records.ts';

/** What whoever revokes one grant knows. Instants are in milliseconds on the monotonic clock. */
export interface Revocation {
  readonly constants: Constants;
  /** Others see by it that somebody is at work. */
  readonly mark: RecordName;
  /** Those who lose the access. */
  readonly others: readonly OtherHolder[];
  /** What is evidence of nothing any more once the access is gone. */
  readonly clean: readonly RecordName[];
  readonly outcome: RevocationOutcome;
  /** How often the access was there again after a deletion. */
  readonly again: number;
  /** Just before the list was asked for: the deletion that rests on it is limited from here. */
  readonly askedAt: number;
  readonly sleepUntil: number;
}

export const instantsOfRevocation = ['askedAt', 'sleepUntil'] as const satisfies readonly (keyof Revocation)[];

/** `revoked`: the access is gone. `remade`: somebody has made it again each time. `failed`: it could not be ended. */
export type RevocationOutcome = 'revoked' | 'remade' | 'failed';

type RevocationGo = Go<Revocation, RevocationOutcome>;

/** Somebody who joins meanwhile makes the access again; so often it is deleted anew. */
const mostDeletions = 3;

/** Ends the access to a leased grant for all who hold it. Source of every rule: docs/design/leases.md#revoke-on-aws. */
const phases: Phases<Revocation, Ask, Answer, RevocationOutcome> = {
  revoke: {
    ask: ({ mark }) => ({ do: 'put', record: { name: mark, enabled: false, firesAt: mark.end }, notAfter: null }),
    then: (it, answer, { mono }) =>
      isTrouble(answer)
        ? leave(it, 'failed')
        : { to: 'settle', memory: { ...it, sleepUntil: mono + it.constants.lag } },
  },
  settle: {
    ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
    then: (it, _, { mono }) => ({ to: 'list', memory: { ...it, askedAt: mono } }),
  },
  list: {
    ask: () => ({ do: 'list' }),
    then: (it, answer, now) =>
      answer.is === 'rows'
        ? { to: 'delete', memory: asListed(it, answer.rows, whenListed(answer, now)) }
        : leave(it, 'failed'),
  },
  ...endingPhases<Revocation, RevocationOutcome>({
    since: (it) => it.askedAt,
    late: (it, { mono }) => ({ to: 'list', memory: { ...it, askedAt: mono } }),
    failed: (it) => leave(it, 'failed'),
  }),
  absent: {
    ask: () => ({ do: 'read', expected: false }),
    then: (it, answer, { mono }) => {
      if (answer.is === 'no') return nextClean({ ...it, outcome: 'revoked' });
      if (answer.is !== 'yes') return leave(it, 'failed');
      const again = it.again + 1;
      return again < mostDeletions ? { to: 'list', memory: { ...it, again, askedAt: mono } } : leave(it, 'remade');
    },
  },
  clean: {
    ask: ({ clean: [name], mark }) => ({ do: 'drop', name: name ?? mark, notAfter: null }),
    then: (it) => nextClean({ ...it, clean: it.clean.slice(1) }),
  },
  unmark: {
    ask: ({ mark }) => ({ do: 'drop', name: mark, notAfter: null }),
    then: (it) => ({ end: it.outcome, memory: it }),
  },
};

export const revocationProtocol: Protocol<Revocation, Ask, Answer, RevocationOutcome> = createProtocol(phases);

export function newRevocation(constants: Constants, mark: RecordName): Revocation {
  return { constants, mark, others: [], clean: [], outcome: 'failed', again: 0, askedAt: 0, sleepUntil: 0 };
}

function asListed(it: Revocation, rows: readonly Row[], now: Moment): Revocation {
  const { constants } = it;
  const holds = rows.filter((row) => isLiveLease(row, now.date, constants));
  const known = new Set(it.others.map(({ holder }) => holder));
  const spent = rows.filter((row) => isSpentTimer(row, now.date, constants));
  const abandoned = rows.filter((row) => isAbandonedPermanentHold(row, now.date, constants));
  return {
    ...it,
    others: [...it.others, ...holds.filter(({ holder }) => !known.has(holder)).map(asOther)],
    clean: [...spent, ...abandoned].map(nameOf),
  };
}

function leave(it: Revocation, outcome: RevocationOutcome): RevocationGo {
  return { to: 'unmark', memory: { ...it, outcome } };
}

function nextClean(it: Revocation): RevocationGo {
  return { to: it.clean.length > 0 ? 'clean' : 'unmark', memory: it };
}
