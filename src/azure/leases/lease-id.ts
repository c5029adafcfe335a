import { checkedBefore, ok, wrong, type Parsed } from '../../access/declaration.ts';
import type { Assignment } from '../../access/grant.ts';
import { parseJson } from '../../access/json.ts';
import type { LeaseId } from '../../access/request.ts';
import { distinctBy } from '../resolve/gather.ts';
import { guid, roleDefinitionId } from '../resolve/patterns.ts';
import { principalTypes } from '../resolve/lines.ts';
import { parseScope, subscriptionOf } from '../resolve/scopes.ts';
import { holderPattern } from './holder-names.ts';

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
}

/** So many grants are named. */
export const mostNamedGrants = 20;
/** So many places are looked through. */
const mostPlaces = 1_000;

const version = 'cz1.';
/** Twice of what a thousand subscriptions come to. */
const longest = 131_072;

export function writeLeaseId({ holder, keepAfterJob, pim, where }: AzureLease): LeaseId {
  const members = {
    h: holder,
    k: keepAfterJob ? 1 : 0,
    ...(pim ? { p: 1 } : {}),
    ...(where.kind === 'places'
      ? { s: where.scopes }
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
  return version + Buffer.from(JSON.stringify(members)).toString('base64url');
}

const noLease = wrong('is no lease-id that assign gives back on Azure: it begins with cz1. and is taken whole');

/** Understands only what `writeLeaseId` writes, to the letter: nothing else can ride along in it. */
export function parseLeaseId(text: string): Parsed<AzureLease> {
  if (text.length > longest || !text.startsWith(version)) return noLease;
  const members = parseJson(Buffer.from(text.slice(version.length), 'base64url').toString());
  if (typeof members !== 'object' || members === null) return noLease;
  const { h, k, p, g, d, s } = members as Readonly<Record<string, unknown>>;
  const where = s === undefined ? grantsIn(g, d === 1) : placesIn(s);
  if (typeof h !== 'string' || !new RegExp(`^${holderPattern}$`, 'u').test(h) || where === null) return noLease;
  const lease: AzureLease = { holder: h, keepAfterJob: k === 1, pim: p === 1, where };
  return writeLeaseId(lease) === text ? ok(lease) : noLease;
}

/** What a lease id stands for that has passed the inputs. */
export function leaseIn(id: LeaseId): AzureLease {
  return checkedBefore(parseLeaseId(id), 'a lease id');
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

function placesIn(value: unknown): LeasedPlaces | null {
  if (!isList(value, mostPlaces) || !value.every(isScope)) return null;
  return { kind: 'places', scopes: value };
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && parseScope(value).ok;
}

function isList(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= most;
}

/** These grants, by name as long as they are not too many. */
export function whereOf(grants: readonly Assignment[], areDelegated: boolean): AzureLease['where'] {
  return grants.length <= mostNamedGrants
    ? { kind: 'grants', grants, areDelegated }
    : { kind: 'places', scopes: placesOf(grants) };
}

/** The fewest places that all of these grants lie in: their subscriptions, or scopes that lie in none. */
export function placesOf(grants: readonly Assignment[]): readonly string[] {
  const places = grants.map(({ target }) => {
    const subscription = subscriptionOf(target.id);
    return subscription === null ? target.id : `/subscriptions/${subscription}`;
  });
  return distinctBy(places, (place) => place.toLowerCase());
}
