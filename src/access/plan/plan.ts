import { notProvisioned } from '../messages/plans.ts';
import type { ChangeKind, Observation, Seen } from '../cloud.ts';
import type { Grant } from '../grant.ts';
import type { ChangingOperation } from '../request.ts';

/** Reasons of access files to remove a grant: it is in no row, or in expired rows only. */
export const removalCauses = ['extra', 'expired'] as const;
export type RemovalCause = (typeof removalCauses)[number];

/** The action for one grant. */
export type Step = {
  readonly grant: Grant;
  /** The grant as it was read, `null` where it is not there. */
  readonly seen: Seen | null;
} & (
  | {
      readonly action: 'keep' | Exclude<ChangeKind, 'update'>;
      /** Of a removal by access files; left out for any other step. */
      readonly cause?: RemovalCause;
    }
  | { readonly action: 'update'; readonly outdated: readonly string[] }
  | { readonly action: 'refuse'; readonly reason: string; readonly hint: string }
);

export type Action = Step['action'];

/** The action that makes `operation` true for `grant`, from its current state. */
export function planStep(operation: ChangingOperation, grant: Grant, read: Observation): Step {
  const seen = seenIn(read);
  switch (operation) {
    case 'assign':
      return planAssign(grant, read);
    case 'revoke':
      return { action: seen === null ? 'keep' : 'remove', grant, seen };
    case 'provision':
      return seen === null ? planUnprovisioned(grant) : { action: 'provision', grant, seen };
  }
}

function planAssign(grant: Grant, read: Observation): Step {
  switch (read.standing) {
    case 'absent':
      return { action: 'create', grant, seen: null };
    case 'current':
      return { action: 'keep', grant, seen: read.seen };
    case 'outdated':
      return { action: 'update', grant, seen: read.seen, outdated: read.outdated };
    case 'conflicting':
      return { action: 'refuse', grant, seen: read.seen, reason: read.reason, hint: read.hint };
  }
}

/** The assignment that a read shows, `null` where there is none. */
export function seenIn(read: Observation): Seen | null {
  return read.standing === 'absent' ? null : read.seen;
}

/** Pushing a role to a place without assignments would create it there: P8 forbids to widen access silently. */
function planUnprovisioned(grant: Grant): Step {
  if (grant.target.id === everywhere) return { action: 'keep', grant, seen: null };
  return { action: 'refuse', grant, seen: null, ...notProvisioned };
}

/** The target id that stands for every place where a role is provisioned. */
export const everywhere = 'all';

/** The kind of a target line that stands for every place where a role is not up to date. */
export const whereOutdated = 'outdated';

/** True if a read shows a change of this kind as made. */
export function isReached(kind: ChangeKind, { standing }: Observation): boolean {
  return standing === (kind === 'remove' ? 'absent' : 'current');
}

/** The change that would undo a change of this kind, `null` where none would. */
export function oppositeOf(kind: ChangeKind): ChangeKind | null {
  switch (kind) {
    case 'create':
      return 'remove';
    case 'remove':
      return 'create';
    case 'update':
    case 'provision':
      return null;
  }
}
