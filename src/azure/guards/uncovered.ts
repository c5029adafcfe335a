import type { Budget } from '#access/clock';
import type { Grant, Identity } from '#access/grant';
import type { Line, Part } from '#access/request';
import { textOf } from '../answer.ts';
import { distinctBy } from '#access/distinct';
import { nameUnknown } from '../messages/roles.ts';
import { lastSegment } from '../resolve/ids.ts';
import type { Places } from '../resolve/places.ts';
import { getDefinition } from '../resolve/role-definitions.ts';
import type { AzureSession } from '../session.ts';
import { uncoveredPrincipals } from './uncovered-principals.ts';
import { uncoveredTargets } from './uncovered-targets.ts';
import { matchesInAnyCase } from '#access/wildcard';

/**
 * The principals, targets or roles of grants that no line of `allowed-…` covers, each once. Lines are compared with the
 * resolved IDs and with present names; a failed look-up is an error, and never counts as covered.
 */
export function uncovered(
  session: AzureSession,
  places: Places,
  part: Part,
  lines: readonly Line[],
  grants: readonly Grant[],
  budget: Budget,
): Promise<readonly Identity[]> {
  switch (part) {
    case 'principal': {
      const principals = grants.flatMap((grant) => (grant.kind === 'assignment' ? [grant.principal] : []));
      const distinct = distinctBy(principals, ({ id }) => id.toLowerCase());
      return uncoveredPrincipals(session, lines, distinct, budget);
    }
    case 'target': {
      const targets = grants.map(({ target }) => target);
      const distinct = distinctBy(targets, ({ id }) => id.toLowerCase());
      return uncoveredTargets(places, lines, distinct, session.settings.subscriptionId, budget);
    }
    case 'role':
      return uncoveredRoles(session, lines, grants, budget);
  }
}

/** Compares roles whatever scope their IDs name, and their names in any letter case. */
async function uncoveredRoles(
  session: AzureSession,
  lines: readonly Line[],
  grants: readonly Grant[],
  budget: Budget,
): Promise<readonly Identity[]> {
  const guidOf = (id: string): string => lastSegment(id).toLowerCase();
  const ids = new Set(lines.filter(({ kind }) => kind !== 'role-name').map(({ value }) => guidOf(value)));
  const patterns = lines.filter(({ kind }) => kind === 'role-name').map(({ value }) => value);
  const rest = distinctBy(grants, ({ role }) => guidOf(role.id)).filter(({ role }) => !ids.has(guidOf(role.id)));
  if (patterns.length === 0) return rest.map(({ role }) => role);
  const names = await Promise.all(
    rest.map(async ({ role, target }) => role.name ?? (await nameOf(session, target.id, lastSegment(role.id), budget))),
  );
  return rest
    .filter((_, index) => !patterns.some((pattern) => matchesInAnyCase(pattern, names[index] ?? '')))
    .map(({ role }) => role);
}

async function nameOf(session: AzureSession, scope: string, guid: string, budget: Budget): Promise<string> {
  const name = textOf((await getDefinition(session, scope, guid, budget)).roleName);
  if (name !== null) return name;
  throw nameUnknown(guid);
}
