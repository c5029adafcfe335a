import type { Milestone } from '#access/leases/journal';
import { createProtocol, type Moment, type Protocol } from '#access/leases/protocol/protocol';
import { settlingLost } from '../../steps/writing.ts';
import { listing } from './asking.ts';
import type { Answer, Ask } from './asks.ts';
import { abandoned, type Holder, type HolderOutcome } from './holder.ts';
import { joinPhases } from './join.ts';
import { leavingPhases } from './leave.ts';

/** Takes a lease through Privileged Identity Management and releases it. Source: docs/design/leases.md#azure-through-pim. */
export const holderProtocol: Protocol<Holder, Ask, Answer, HolderOutcome> = createProtocol({
  ...joinPhases,
  ...leavingPhases,
});

/**
 * What the post step knows of a holder whose main step came as far as its runner state says: where that was cut off, a
 * request of it may still be under way.
 */
export function resumed(
  it: Holder,
  progress: Milestone,
  now: Moment,
): { readonly phase: string; readonly memory: Holder } {
  const memory: Holder = { ...it, mayStand: true, readAt: now.mono };
  return progress === 'held'
    ? { phase: 'leave', memory: listing(memory, now) }
    : abandoned(settlingLost(memory, now), 'abandoned', now);
}
