import type { Assignment } from '#access/grant';
import { isCount } from '#access/json';
import { jobHolder } from '#access/leases/names';
import { createLeaseIds, mostNamedGrants } from '#access/leases/lease-id';
import { distinctBy } from '#access/distinct';
import { guid, roleDefinitionId, parseScope } from '../resolve/ids.ts';
import { principalTypes } from '../resolve/lines.ts';

/** All that releasing or extending takes besides a sign-in. */
export interface AzureLease {
  /** The step run that took it. */
  readonly holder: string;
  readonly keepAfterJob: boolean;
  /** Whether it was taken through Privileged Identity Management. */
  readonly pim: boolean;
  /** What it leased, or, where that is too much to name, the scopes below which its records are looked for. */
  readonly where: LeasedGrants | LeasedPlaces;
}

export interface LeasedGrants {
  readonly kind: 'grants';
  readonly grants: readonly Assignment[];
  /** Whether they are of a delegated identity, and shown to those only who name the directory. */
  readonly areDelegated: boolean;
}

export interface LeasedPlaces {
  readonly kind: 'places';
  readonly scopes: readonly string[];
  /** How many grants it leased there. */
  readonly count: number;
}

/** So many places are looked through. */
const mostPlaces = 1_000;
/**
 * So many characters do the names of places take, where there are wider ones: `results` repeats the id with each grant,
 * and is bounded.
 */
const mostOfPlaces = 2_048;

export const { writeLeaseId, parseLeaseId, checkLeaseId, leaseIn } = createLeaseIds<AzureLease>({
  version: 'cz1.',
  // Twice of what a thousand subscriptions come to.
  longest: 131_072,
  on: 'Azure',
  membersOf,
  leaseOf,
});

function membersOf({ holder, keepAfterJob, pim, where }: AzureLease): Readonly<Record<string, unknown>> {
  return {
    h: holder,
    k: keepAfterJob ? 1 : 0,
    ...(pim ? { p: 1 } : {}),
    ...(where.kind === 'places'
      ? { s: packed(where.scopes), n: Math.max(1, where.count) }
      : {
          g: where.grants.map(({ principal, role, target }) => [
            principal.id,
            principal.type ?? '',
            role.id,
            target.id,
          ]),
          ...(where.areDelegated ? { d: 1 } : {}),
        }),
  };
}

function leaseOf({ h, k, p, g, d, s, n }: Readonly<Record<string, unknown>>): AzureLease | null {
  const where = s === undefined ? grantsIn(g, d === 1) : placesIn(s, n);
  if (typeof h !== 'string' || !new RegExp(`^${jobHolder}$`, 'u').test(h) || where === null) return null;
  return { holder: h, keepAfterJob: k === 1, pim: p === 1, where };
}

function grantsIn(value: unknown, areDelegated: boolean): LeasedGrants | null {
  if (!isList(value, mostNamedGrants)) return null;
  const grants = value.map(grantIn);
  return grants.every((it) => it !== null) ? { kind: 'grants', grants, areDelegated } : null;
}

function grantIn(value: unknown): Assignment | null {
  if (!Array.isArray(value) || value.length !== 4) return null;
  const [principal, type, role, scope] = value as readonly unknown[];
  if (typeof principal !== 'string' || !guid.test(principal)) return null;
  if (typeof role !== 'string' || !roleDefinitionId.test(role) || !isScope(scope)) return null;
  if (type !== '' && !principalTypes.some((it) => it === type)) return null;
  return {
    kind: 'assignment',
    principal: { id: principal, type: type === '' ? null : (type as string), name: null },
    role: { id: role, name: null },
    target: { id: scope, name: null },
  };
}

function placesIn(value: unknown, count: unknown): LeasedPlaces | null {
  if (!isList(value, mostPlaces)) return null;
  const scopes = unpacked(value);
  return scopes?.every(isScope) === true && isCount(count) && count > 0 ? { kind: 'places', scopes, count } : null;
}

/** So many characters at most are taken from the place before: no id grows out of all bounds when it is read. */
const mostShared = 999;

/** Each place as what differs from the one before it, behind the number of characters that do not. */
function packed(scopes: readonly string[]): readonly string[] {
  return scopes.map((scope, index) => {
    const shared = sharedLength(scopes[index - 1] ?? '', scope);
    return shared === 0 ? scope : `${shared}:${scope.slice(shared)}`;
  });
}

function unpacked(items: readonly unknown[]): readonly string[] | null {
  const scopes: string[] = [];
  for (const item of items) {
    if (typeof item !== 'string') return null;
    const { shared = '0', rest = item } = /^(?<shared>\d{1,3}):(?<rest>.*)$/su.exec(item)?.groups ?? {};
    scopes.push((scopes.at(-1) ?? '').slice(0, Number(shared)) + rest);
  }
  return scopes;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < mostShared && length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && parseScope(value).ok;
}

function isList(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= most;
}

/**
 * These grants, by name as long as they are not too many.
 *
 * @param count how many of them are to be leased
 */
export function whereOf(grants: readonly Assignment[], count: number, areDelegated: boolean): AzureLease['where'] {
  return grants.length <= mostNamedGrants
    ? { kind: 'grants', grants, areDelegated }
    : { kind: 'places', scopes: placesOf(grants), count };
}

/** From the narrowest to the widest: a scope itself, its resource group, its subscription. */
const widths = [/^.*$/su, /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?/iu, /^\/subscriptions\/[^/]+/iu];

/**
 * The places that all of these grants lie in: the scopes themselves, since whoever takes leases there may have no rights
 * above; wider ones where those are too many to name.
 */
export function placesOf(grants: readonly Assignment[]): readonly string[] {
  const levels = widths.map((width) => outermost(grants.map(({ target: { id } }) => width.exec(id)?.[0] ?? id)));
  const fits = (places: readonly string[]): boolean => JSON.stringify(packed(places)).length <= mostOfPlaces;
  return levels.find(fits) ?? levels.at(-1) ?? [];
}

/** Each once, in order, and none that lies in another one. */
function outermost(scopes: readonly string[]): readonly string[] {
  const lower = new Set(scopes.map((scope) => scope.toLowerCase()));
  const isBelow = (scope: string): boolean =>
    [...scope.matchAll(/(?!^)\//gu)].some(({ index }) => lower.has(scope.slice(0, index).toLowerCase()));
  return distinctBy(
    scopes.filter((scope) => !isBelow(scope)),
    (scope) => scope.toLowerCase(),
  ).toSorted();
}
