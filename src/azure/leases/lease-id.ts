import type { Assignment } from '#access/grant';
import { isCount } from '#access/json';
import { jobHolder } from '#access/leases/names';
import { createLeaseIds, mostNamedGrants } from '#access/leases/lease-id';
import { distinctBy } from '#access/distinct';
import { guid, roleDefinitionId, parseScope } from '../resolve/ids.ts';
import { principalTypes } from '../resolve/lines.ts';

/** All data that a release or an extension needs besides a sign-in. */
export interface AzureLease {
  /** Name of the step run that took it. */
  readonly holder: string;
  readonly keepAfterJob: boolean;
  /** True if it was taken through Privileged Identity Management. */
  readonly pim: boolean;
  /** Grants that it leased, or, where they are too many to name, the scopes to search for its records. */
  readonly where: LeasedGrants | LeasedPlaces;
}

interface LeasedGrants {
  readonly kind: 'grants';
  readonly grants: readonly Assignment[];
  /** True if they are of a delegated identity, which lists show only to requests that name its directory. */
  readonly areDelegated: boolean;
}

interface LeasedPlaces {
  readonly kind: 'places';
  readonly scopes: readonly string[];
  /** Number of grants that it leased there. */
  readonly count: number;
}

/** Maximum number of places that are searched. */
const mostPlaces = 1_000;
/**
 * Maximum length of the names of places, in characters, before wider places are used: `results` repeats the ID with each
 * grant, and has a maximum size.
 */
const mostOfPlaces = 2_048;

export const { writeLeaseId, parseLeaseId, checkLeaseId, leaseIn } = createLeaseIds<AzureLease>({
  version: 'cz1.',
  // Twice the length of an ID with a thousand subscriptions.
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

/** Maximum number of characters that are copied from the previous place, so that an ID cannot expand without bound. */
const mostShared = 999;

/** Each place as the number of characters that it shares with the previous one, and its rest. */
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
 * The grants themselves, or their places where they are too many to name.
 *
 * @param count number of them that will be leased
 */
export function whereOf(grants: readonly Assignment[], count: number, areDelegated: boolean): AzureLease['where'] {
  return grants.length <= mostNamedGrants
    ? { kind: 'grants', grants, areDelegated }
    : { kind: 'places', scopes: placesOf(grants), count };
}

/** From the narrowest to the widest: a scope itself, its resource group, its subscription. */
const widths = [/^.*$/su, /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?/iu, /^\/subscriptions\/[^/]+/iu];

/**
 * The places of all these grants: the scopes themselves, since the caller might have no permissions above them, or wider
 * ones where those are too many to name.
 */
export function placesOf(grants: readonly Assignment[]): readonly string[] {
  const levels = widths.map((width) => outermost(grants.map(({ target: { id } }) => width.exec(id)?.[0] ?? id)));
  const fits = (places: readonly string[]): boolean => JSON.stringify(packed(places)).length <= mostOfPlaces;
  return levels.find(fits) ?? levels.at(-1) ?? [];
}

/** Each scope once, in order, without those below another one. */
function outermost(scopes: readonly string[]): readonly string[] {
  const lower = new Set(scopes.map((scope) => scope.toLowerCase()));
  const isBelow = (scope: string): boolean =>
    [...scope.matchAll(/(?!^)\//gu)].some(({ index }) => lower.has(scope.slice(0, index).toLowerCase()));
  return distinctBy(
    scopes.filter((scope) => !isBelow(scope)),
    (scope) => scope.toLowerCase(),
  ).toSorted();
}
