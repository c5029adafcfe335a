import { Refusal } from '#access/errors';
import { whoseLock } from '#azure/hint-rule';
import type { statuses } from '../statuses.ts';

/** A request that has come to nothing, and what may be done about it. */
export function endedWith(status: string, name: string): Refusal {
  return new Refusal(
    `Request ${name} of Privileged Identity Management ended ${status}.`,
    hintOnStatus.find(([names]) => names.some((it) => it.toLowerCase() === status.toLowerCase()))?.[1] ??
      'Look at the request in Privileged Identity Management, then run the step again.',
  );
}

const hintOnStatus: readonly (readonly [names: readonly (typeof statuses)[number][], hint: string])[] = [
  [
    ['Denied', 'AdminDenied'],
    'Somebody has refused it: ask whoever approves requests for this role, then run the step again.',
  ],
  [
    ['TimedOut'],
    'Nobody has approved it in time: ask whoever approves requests for this role, then run the step again.',
  ],
  [['Canceled'], 'Somebody has taken it back: run the step again if it is still wanted.'],
  [['FailedAsResourceIsLocked'], `A lock at this scope or above it blocks the change. ${whoseLock}`],
];

/** @param there the condition of the access that is there, empty where it has none */
export function otherCondition(there: string): Refusal {
  return new Refusal(
    `The access is there for a time with ${there === '' ? 'no condition' : 'another condition'}${there === '' ? '' : `: ${there}`}.`,
    'Give this very condition, or wait until that access has ended: one grant has one condition.',
  );
}

/** @param id of the role assignment */
export function leasedOtherwise(id: string): Refusal {
  return new Refusal(
    `This very grant has a lease that the description of its role assignment keeps (${id}), which Privileged Identity Management does not know.`,
    'Leave azure-pim out, as those leases do, or wait until they have ended.',
  );
}
