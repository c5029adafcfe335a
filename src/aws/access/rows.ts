import type { Budget } from '#access/clock';
import { distinctNamed } from '#access/distinct';
import { eachOf, Refusal } from '#access/errors';
import type { ResolvedRow } from '#access/files/port';
import type { Assignment } from '#access/grant';
import { refuseTooMany } from '#access/plan/guards';
import type { Line, Lines } from '#access/request';
import { isUnit } from '../resolve/organizational-units.ts';
import { refusePrivileged, type OwnAccounts } from '../resolve/privileged.ts';
import { selectMeant, type Selection } from '../resolve/targets.ts';
import type { Instance } from '../instance.ts';
import { keyOfLine, type LookUps } from './look-ups.ts';
import type { AccessTools, Around } from './tools.ts';
import { keyOfPrincipal } from '../resolve/principals.ts';

/** The grants of rows, or why a row means none. */
export async function resolveRows(
  rows: readonly Lines[],
  lookUps: LookUps,
  tools: AccessTools,
  around: Around,
  budget: Budget,
): Promise<readonly ResolvedRow[]> {
  if (rows.length === 0) return [];
  const { instance } = await around.attached(budget);
  await lookUps.learn(linesOf(rows), budget);
  const isBroad = rows.some(({ targets }) => targets.some(isUnit));
  const management = isBroad ? await around.management(budget) : null;
  const own = await around.own(budget);
  const selections = new Map<string, Promise<Selection | Refusal>>();
  const select = ({ targets, exclusions }: Lines): Promise<Selection | Refusal> => {
    const key = JSON.stringify([targets.map(keyOfLine), exclusions.map(keyOfLine)]);
    const selecting =
      selections.get(key) ??
      selectMeant(
        tools.organization,
        targets,
        exclusions,
        lookUps.accounts,
        () => Promise.resolve(management),
        () => Promise.resolve(own),
      ).catch((error: unknown) => {
        if (error instanceof Refusal) return error;
        throw error;
      });
    selections.set(key, selecting);
    return selecting;
  };
  const privilegedIn = privilegedTargets(instance, own);
  const resolved: ResolvedRow[] = [];
  for (const row of rows) resolved.push(resolveRow(row, await select(row), lookUps, privilegedIn));
  return resolved;
}

function linesOf(rows: readonly Lines[]): Parameters<LookUps['learn']>[0] {
  return {
    principals: all(rows, ({ principals }) => principals),
    roles: all(rows, ({ roles }) => roles),
    targets: all(rows, ({ targets, exclusions }) => [...targets, ...exclusions]),
  };
}

function* all<T>(rows: readonly T[], of: (row: T) => readonly Line[]): Generator<Line> {
  for (const row of rows) yield* of(row);
}

type PrivilegedIn = (account: string) => Refusal | null;

/** Why a grant in an account is privileged; `null` for any other. */
function privilegedTargets(instance: Instance, own: OwnAccounts): PrivilegedIn {
  const asked = new Map<string, Refusal | null>();
  return (account) => {
    const known = asked.get(account);
    if (known !== undefined) return known;
    const [refusal = null] = refusePrivileged(instance, own, [account]);
    asked.set(account, refusal);
    return refusal;
  };
}

/** An empty map takes memory, and there may be a row for each grant. */
const nonePrivileged: ReadonlyMap<Assignment, Refusal> = new Map();

function resolveRow(
  row: Lines,
  selection: Selection | Refusal,
  lookUps: LookUps,
  privilegedIn: PrivilegedIn,
): ResolvedRow {
  const principals = row.principals.map(lookUps.principal);
  const roles = row.roles.map(lookUps.role);
  const refusals = [...principals, ...roles, selection].filter((it) => it instanceof Refusal).flatMap(eachOf);
  if (refusals.length > 0 || selection instanceof Refusal) return { ok: false, refusals };
  const who = distinctNamed(meant(principals), keyOfPrincipal);
  const what = distinctNamed(meant(roles), ({ id }) => id);
  try {
    refuseTooMany(who.length, what.length, selection.accounts.length);
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, refusals: [error] };
    throw error;
  }
  const privileged = new Map<Assignment, Refusal>();
  const grants: Assignment[] = [];
  for (const principal of who)
    for (const target of selection.accounts) {
      const refusal = privilegedIn(target.id);
      for (const role of what) {
        const grant: Assignment = { kind: 'assignment', principal, role, target };
        grants.push(grant);
        if (refusal !== null) privileged.set(grant, refusal);
      }
    }
  const { notices, leftOut } = selection;
  return { ok: true, grants, notices, leftOut, privileged: privileged.size === 0 ? nonePrivileged : privileged };
}

function meant<T>(found: readonly (T | Refusal)[]): readonly T[] {
  return found.flatMap((it) => (it instanceof Refusal ? [] : [it]));
}
