import type { ChangeKind, Observation } from './cloud.ts';
import type { Grant } from './grant.ts';
import type { OperationName } from './request.ts';

/** What is to be done about one grant. */
export type Step =
  | { readonly action: 'keep'; readonly grant: Grant }
  | { readonly action: ChangeKind; readonly grant: Grant }
  | { readonly action: 'refuse'; readonly grant: Grant; readonly reason: string; readonly hint: string };

export type Action = Step['action'];

/** What has to be done so that `operation` holds for `grant`, given how it stands now. */
export function planStep(operation: OperationName, grant: Grant, seen: Observation): Step {
  switch (operation) {
    case 'assign':
      if (seen.standing === 'current') return { action: 'keep', grant };
      return { action: seen.standing === 'absent' ? 'create' : 'update', grant };
    case 'revoke':
      return { action: seen.standing === 'absent' ? 'keep' : 'remove', grant };
    case 'provision':
      return seen.standing === 'absent' ? planUnprovisioned(grant) : { action: 'provision', grant };
  }
}

/** Pushing a role to where nobody has it would create it there: P8 says that nothing is widened silently. */
function planUnprovisioned(grant: Grant): Step {
  if (grant.target.id === everywhere) return { action: 'keep', grant };
  return {
    action: 'refuse',
    grant,
    reason: 'It is not provisioned there, and provisioning it would create it with nobody assigned.',
    hint: 'Assign it there first (`operation: assign` provisions it), or correct `role` or `target`.',
  };
}

/** The target id that stands for every place where a role is provisioned. */
export const everywhere = 'all';

/** Whether a grant stands as `operation` wants it. */
export function isReached(kind: ChangeKind, seen: Observation): boolean {
  return seen.standing === (kind === 'remove' ? 'absent' : 'current');
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
