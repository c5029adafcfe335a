import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Identity, Principal } from '#access/grant';
import type { Line, OperationName } from '#access/request';
import { noSubscriptionForGroup } from '../messages/access.ts';
import { gather, orRefusal, type Gathered } from '../resolve/gather.ts';
import { distinctLines, lineKey } from '../resolve/lines.ts';
import type { Places } from '../resolve/places.ts';
import { resolveEachPrincipal } from '../resolve/principals.ts';
import { resolveRoles, type Role } from '../resolve/roles.ts';
import { resolveTarget } from '../resolve/targets.ts';
import type { AzureSession } from '../session.ts';

/** The tools of all access work of one step. */
export interface Around {
  readonly session: AzureSession;
  readonly places: Places;
  readonly lookups: Lookups;
}

/** Look-ups of lines: each distinct line once in a run, whatever the number of rows and selections. */
interface Lookups {
  /** By `lineKey`. An ID of no object is a refusal for `assign`, and an ID as it is for `revoke`. */
  principals(
    lines: readonly Line[],
    operation: OperationName,
    budget: Budget,
  ): Promise<ReadonlyMap<string, Principal | Refusal>>;
  /** Throws a refusal. */
  target(line: Line, budget: Budget): Promise<Identity>;
  targets(lines: readonly Line[], budget: Budget): Promise<Gathered<Identity>>;
  /** The role of a line at each of these scopes, by the scopes as they are given. */
  roles(line: Line, scopes: readonly string[], budget: Budget): Promise<ReadonlyMap<string, Role | Refusal>>;
}

export function openLookups(session: AzureSession, places: Places): Lookups {
  const principals = new Map<string, Promise<Principal | Refusal>>();
  const targets = new Map<string, Promise<Identity>>();
  const roles = new Map<string, Promise<Role | Refusal>>();
  const { subscriptionId } = session.settings;

  const target = (line: Line, budget: Budget): Promise<Identity> => {
    const made =
      targets.get(lineKey(line)) ??
      (line.kind === 'resource-group' && subscriptionId === null
        ? Promise.reject(noSubscriptionForGroup(line.text))
        : resolveTarget(places, line, subscriptionId, budget));
    return keep(targets, lineKey(line), made);
  };
  return {
    async principals(lines, operation, budget) {
      const keyOf = (line: Line): string => `${operation} ${lineKey(line)}`;
      const unknown = distinctLines(lines).filter((line) => !principals.has(keyOf(line)));
      const found = resolveEachPrincipal(session, unknown, operation, budget);
      for (const line of unknown) void keep(principals, keyOf(line), found.then(memberAt(lineKey(line))));
      return byKey(distinctLines(lines), lineKey, (line) => principals.get(keyOf(line)));
    },
    target,
    targets: (lines, budget) => gather(distinctLines(lines).map((line) => target(line, budget))),
    async roles(line, scopes, budget) {
      const keyOf = (scope: string): string => `${lineKey(line)} ${scope.toLowerCase()}`;
      const unknown = [...new Set(scopes)].filter((scope) => !roles.has(keyOf(scope)));
      const found = rolesOf(session, line, unknown, budget);
      for (const scope of unknown) void keep(roles, keyOf(scope), found.then(memberAt(scope)));
      return byKey(
        scopes,
        (scope) => scope,
        (scope) => roles.get(keyOf(scope)),
      );
    },
  };
}

/** Remembers a look-up, unless it fails in another way than by a refusal. */
function keep<T>(made: Map<string, Promise<T>>, key: string, value: Promise<T>): Promise<T> {
  made.set(key, value);
  value.catch((error: unknown) => {
    if (!(error instanceof Refusal)) made.delete(key);
  });
  return value;
}

function memberAt<T>(key: string): (found: ReadonlyMap<string, T>) => T {
  return (found) => {
    const value = found.get(key);
    if (value === undefined) throw new TypeError('a look-up has an answer for each line');
    return value;
  };
}

async function byKey<K, T>(
  items: readonly K[],
  keyOf: (item: K) => string,
  valueOf: (item: K) => Promise<T> | undefined,
): Promise<ReadonlyMap<string, T>> {
  const entries = await Promise.all(items.map(async (item) => [keyOf(item), await valueOf(item)] as const));
  return new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** A role that is missing at one scope is no refusal at the others: then each is asked by itself. */
async function rolesOf(
  session: AzureSession,
  line: Line,
  scopes: readonly string[],
  budget: Budget,
): Promise<ReadonlyMap<string, Role | Refusal>> {
  const { at, refusals } = await resolveRoles(session, [line], scopes, true, budget);
  const [refusal] = refusals;
  if (refusal === undefined) return new Map([...at].flatMap(([scope, [role]]) => (role ? [[scope, role]] : [])));
  const [only, ...others] = scopes;
  if (only === undefined || others.length === 0) return new Map(scopes.map((scope) => [scope, refusal]));
  const alone = scopes.map(async (scope) => {
    const found = await rolesOf(session, line, [scope], budget).catch(orRefusal);
    return [scope, found instanceof Refusal ? found : (found.get(scope) ?? refusal)] as const;
  });
  return new Map(await Promise.all(alone));
}
