import type { Budget } from '#access/clock';
import { distinctBy } from '#access/distinct';
import { together, type Refusal } from '#access/errors';
import type { ResolvedRow } from '#access/files/port';
import type { Assignment, Identity, Principal } from '#access/grant';
import type { Line, Lines } from '#access/request';
import { grantsToOneself } from '../guards/oneself.ts';
import { refusePrivilegedRole } from '../guards/privileged.ts';
import { sorted, type Gathered } from '../resolve/gather.ts';
import { lastSegment } from '../resolve/ids.ts';
import { distinctLines, lineKey } from '../resolve/lines.ts';
import { mergePrincipals } from '../resolve/principals.ts';
import type { Role } from '../resolve/roles.ts';
import { selectTargets } from '../resolve/selection.ts';
import type { Around } from './lookups.ts';

/** The parts of a row, or their refusals. */
interface Found {
  readonly principals: Gathered<Principal>;
  readonly targets: Gathered<Identity>;
  /** At each target. */
  readonly roles: ReadonlyMap<Identity, readonly Role[]>;
  readonly refusals: readonly Refusal[];
}

/** Resolves rows: each distinct line is looked up once, and a role once at each place that needs it. */
export async function resolveRows(
  around: Around,
  rows: readonly Lines[],
  budget: Budget,
): Promise<readonly ResolvedRow[]> {
  const { lookups, session } = around;
  const [principals, targets] = await Promise.all([
    lookups.principals(
      rows.flatMap((row) => row.principals),
      'assign',
      budget,
    ),
    Promise.all(rows.map((row) => targetsOf(around, row, budget))),
    session.caller(budget),
  ]);
  const roles = await rolesFor(around, rows, targets, budget);
  const found = await Promise.all(
    rows.map((row, index) => foundIn(row, principals, targets[index] ?? { found: [], refusals: [] }, roles)),
  );
  const refused = await refusalsOf(around, found, budget);
  return found.map((it) => resolved(it, refused));
}

function targetsOf({ places, lookups, session }: Around, row: Lines, budget: Budget): Promise<Gathered<Identity>> {
  const { targets, exclusions } = row;
  const lines = { targets, exclusions, operation: 'assign' } as const;
  return selectTargets(places, lines, session.settings.subscriptionId, budget, (line) => lookups.target(line, budget));
}

type RolesByLine = ReadonlyMap<string, ReadonlyMap<string, Role | Refusal>>;

async function rolesFor(
  { lookups }: Around,
  rows: readonly Lines[],
  targets: readonly Gathered<Identity>[],
  budget: Budget,
): Promise<RolesByLine> {
  const wanted = new Map<string, { readonly line: Line; readonly scopes: Set<string> }>();
  for (const [index, row] of rows.entries())
    for (const line of row.roles) {
      const one = wanted.get(lineKey(line)) ?? { line, scopes: new Set<string>() };
      wanted.set(lineKey(line), one);
      for (const { id } of targets[index]?.found ?? []) one.scopes.add(id);
    }
  const found = await Promise.all(
    [...wanted].map(async ([key, { line, scopes }]) => [key, await lookups.roles(line, [...scopes], budget)] as const),
  );
  return new Map(found);
}

async function foundIn(
  row: Lines,
  known: ReadonlyMap<string, Principal | Refusal>,
  targets: Gathered<Identity>,
  rolesByLine: RolesByLine,
): Promise<Found> {
  const each = sorted(distinctLines(row.principals).flatMap((line) => known.get(lineKey(line)) ?? []));
  const principals = await mergePrincipals(each.found);
  const roles = targets.found.map((target) => {
    const here = distinctLines(row.roles).flatMap((line) => rolesByLine.get(lineKey(line))?.get(target.id) ?? []);
    return { target, here: sorted(here) };
  });
  const missing = roles.flatMap(({ here }) => here.refusals);
  return {
    principals,
    targets,
    roles: new Map(roles.map(({ target, here }) => [target, distinctBy(here.found, guidOf)])),
    refusals: [
      ...each.refusals,
      ...principals.refusals,
      ...targets.refusals,
      ...distinctBy(missing, ({ message }) => message),
    ],
  };
}

function guidOf({ id }: Identity): string {
  return lastSegment(id).toLowerCase();
}

/** Why grants of a role or to a principal need to be allowed, by the GUID or the ID in lower case. */
interface Refused {
  readonly roles: ReadonlyMap<string, Refusal>;
  readonly principals: ReadonlyMap<string, Refusal>;
}

async function refusalsOf({ session }: Around, found: readonly Found[], budget: Budget): Promise<Refused> {
  const roles = distinctBy(
    found.flatMap((it) => [...it.roles.values()].flat()),
    guidOf,
  );
  const principals = distinctBy(
    found.flatMap((it) => it.principals.found),
    ({ id }) => id.toLowerCase(),
  );
  const isAsked = principals.some(({ name }) => name !== null);
  const caller = await session.caller(budget);
  const toOneself = await grantsToOneself(session, principals, caller, isAsked, budget);
  return {
    roles: new Map(
      roles.flatMap((role) => {
        const refusal = refusePrivilegedRole(role, session.tools.log);
        return refusal === null ? [] : [[guidOf(role), refusal]];
      }),
    ),
    principals: new Map([...toOneself].map(([id, refusal]) => [id.toLowerCase(), refusal])),
  };
}

function resolved({ principals, targets, roles, refusals }: Found, refused: Refused): ResolvedRow {
  if (refusals.length > 0) return { ok: false, refusals };
  const privileged = new Map<Assignment, Refusal>();
  const grants = principals.found.flatMap((principal) =>
    targets.found.flatMap((target) =>
      (roles.get(target) ?? []).map(({ id, name }): Assignment => {
        const grant: Assignment = { kind: 'assignment', principal, role: { id, name }, target };
        const whys = [refused.roles.get(guidOf({ id, name })), refused.principals.get(principal.id.toLowerCase())];
        const why = whys.filter((it) => it !== undefined);
        if (why.length > 0) privileged.set(grant, together(why));
        return grant;
      }),
    ),
  );
  return { ok: true, grants, notices: [], leftOut: [], privileged };
}
