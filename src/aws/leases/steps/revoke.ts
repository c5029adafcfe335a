import { createProtocol, type Moment, type Phases, type Protocol } from '#access/leases/protocol/protocol';
import { isTrouble, putDisabled, type Answer, type Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { leave, listAnew, markedPhases, nextClean, type Marked } from './marked.ts';
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

/** The state of a revocation of one grant. Instants are in milliseconds on the monotonic clock. */
export interface Revocation extends Marked {
  /** The holders that lose the access. */
  readonly others: readonly OtherHolder[];
  readonly outcome: RevocationOutcome;
  /** Number of times that the access existed again after a deletion. */
  readonly again: number;
}

/**
 * `revoked`: the access is gone. `remade`: another step has created it again each time. `failed`: it could not be
 * ended.
 */
export type RevocationOutcome = 'revoked' | 'remade' | 'failed';

/** Most deletions: a step that joins meanwhile creates the access again. */
const mostDeletions = 3;

/** Ends the access to a leased grant for all who hold it. Source of every rule: docs/design/leases.md#revoke-on-aws. */
const phases: Phases<Revocation, Ask, Answer, RevocationOutcome> = {
  revoke: {
    ask: ({ mark }) => putDisabled(mark),
    then: (it, answer, { mono }) =>
      isTrouble(answer)
        ? leave(it, 'failed')
        : { to: 'settle', memory: { ...it, sleepUntil: mono + it.constants.lag } },
  },
  ...markedPhases<Revocation>({
    listed: (it, rows, now) => ({ to: 'delete', memory: asListed(it, rows, now) }),
  }),
  absent: {
    ask: () => ({ do: 'read', expected: false }),
    then: (it, answer, now) => {
      if (answer.is === 'no') return nextClean({ ...it, outcome: 'revoked' });
      if (answer.is !== 'yes') return leave(it, 'failed');
      const again = it.again + 1;
      return again < mostDeletions ? listAnew({ ...it, again }, now) : leave(it, 'remade');
    },
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
    clean: [...spent, ...abandoned].map((row) => ({ name: nameOf(row), notAfter: null })),
  };
}
