import { createProtocol, type Moment, type Protocol } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import type { Constants } from './constants.ts';
import { counts } from './entries.ts';
import { leavingPhases, newLeaving, type Leaving } from './leave.ts';

/**
 * How a sweep of one grant has ended. `ended`: the access is gone. `held`: somebody holds it.
 * `plain`: it stands there without a record of ours. `failed`: it could not be ended.
 */
export type SweepOutcome = 'ended' | 'held' | 'plain' | 'failed';

/**
 * Ends what is due, or belongs to ended jobs. Where somebody still holds it, it is left as it is: what does not count any
 * more harms nobody, and so a sweep needs no right to write, which would be one to grant. Source:
 * docs/design/leases.md#sweep-on-azure.
 */
export const sweepProtocol: Protocol<Leaving, Ask, Answer, SweepOutcome> = createProtocol(
  leavingPhases<Leaving, SweepOutcome>({
    goes: (it, entry, { date }) => !counts(entry, it.ended, date, it.constants),
    over: (memory, found) => ({ end: ({ none: 'ended', lease: 'held', plain: 'plain' } as const)[found.is], memory }),
    failed: (memory) => ({ end: 'failed', memory }),
    rewrites: false,
  }),
);

/** Begins at `leave`. @param ended holders whose jobs have ended */
export function newSweep(constants: Constants, ended: readonly string[], now: Moment): Leaving {
  return { ...newLeaving(constants, now), ended };
}
