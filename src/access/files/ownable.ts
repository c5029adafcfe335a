import type { Ownable } from './draft.ts';
import type { Existing, Selection } from './port.ts';

/** Bound on the work of proving what a draft can own. */
const mostChecks = 1_000_000;

/**
 * The part of a draft's roles × targets that was listed. One selection is a product itself; of several, each pair has to
 * be inside of one of them.
 */
export function ownableBy(selections: readonly Selection[], existing: readonly Existing[]): Ownable {
  if (selections.length < 2) return 'whole';
  const roles = new Map(existing.map(({ grant }) => [grant.role.id, grant.role]));
  const targets = new Map(existing.map(({ grant }) => [grant.target.id, grant.target]));
  const principals = new Map(existing.map(({ grant }) => [grant.principal.type, grant.principal]));
  if (roles.size * targets.size * principals.size * selections.length > mostChecks) return 'several-files';
  for (const role of roles.values()) {
    for (const target of targets.values()) {
      for (const principal of principals.values()) {
        const grant = { kind: 'assignment', principal, role, target } as const;
        if (!selections.some((it) => it.covers(grant))) return 'several-files';
      }
    }
  }
  return 'whole';
}
