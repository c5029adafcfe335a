import { distinctBy } from '../distinct.ts';
import type { Refusal } from '../errors.ts';
import { describeGrant, type Assignment, type GrantProperties, type Words } from '../grant.ts';
import { twoConditions, twoDescriptions } from '../messages/files.ts';
import type { Step } from '../plan/plan.ts';
import type { Request } from '../request.ts';
import type { GrantRow, Place } from './access-file.ts';
import type { ResolvedRow } from './port.ts';
import { sameCase } from '../plan/document.ts';

/** A row, and the grants that it means. */
export interface RowGrants {
  readonly row: GrantRow;
  readonly resolved: Extract<ResolvedRow, { readonly ok: true }>;
}

/** A grant of one or more rows. */
export interface Wanted {
  /** With the properties that its rows give it. */
  readonly grant: Assignment;
  /** The latest end of its rows, in milliseconds since the epoch; `null` for never. */
  readonly expires: number | null;
  /** The place of its first row. */
  readonly place: Place;
  /** Why it must not be made unless privileged grants are allowed; `null` where it is not privileged. */
  readonly privileged: Refusal | null;
}

/** The grants of all rows, each once, by `grantKey`. */
export interface WantedGrants {
  readonly live: ReadonlyMap<string, Wanted>;
  /** Those of which every row has expired. */
  readonly expired: ReadonlyMap<string, Wanted>;
  /** Rows that disagree. */
  readonly conflicts: readonly Refusal[];
}

/** True if a row counts as not written. @param now in milliseconds since the epoch */
export function isExpired({ expires }: Pick<GrantRow, 'expires'>, now: number): boolean {
  return expires !== null && expires <= now;
}

/** Adds rows up: a grant of several ends with the last of them, and has the properties that they agree on. */
export function addUp(rows: readonly RowGrants[], now: number, words: Words): WantedGrants {
  const live = new Map<string, Wanted>();
  const expired = new Map<string, Wanted>();
  const describedAt = new Map<string, Place>();
  const conflicts: Refusal[] = [];
  for (const { row, resolved } of rows) {
    const grants = isExpired(row, now) ? expired : live;
    for (const grant of resolved.grants) {
      const key = grantKey(grant, words);
      const before = grants.get(key);
      const privileged = resolved.privileged.get(grant) ?? null;
      const { properties } = row;
      const one: Wanted = { grant: { ...grant, properties }, expires: row.expires, place: row.place, privileged };
      grants.set(key, before === undefined ? one : joined(before, one));
      if (grants === expired) continue;
      if (before !== undefined)
        conflicts.push(...disagreements(before, one, describedAt.get(key) ?? before.place, words));
      if (properties.description !== null && !describedAt.has(key)) describedAt.set(key, row.place);
    }
  }
  for (const key of live.keys()) expired.delete(key);
  return { live, expired, conflicts };
}

function joined(first: Wanted, other: Wanted): Wanted {
  const properties: GrantProperties = {
    condition: propertiesOf(first).condition,
    description: propertiesOf(first).description ?? propertiesOf(other).description,
  };
  return {
    ...first,
    grant: { ...first.grant, properties },
    expires: first.expires === null || other.expires === null ? null : Math.max(first.expires, other.expires),
    privileged: first.privileged ?? other.privileged,
  };
}

/** Access without a condition is another access than the same with one; a missing description says nothing. */
function disagreements(before: Wanted, one: Wanted, describedAt: Place, words: Words): readonly Refusal[] {
  const [was, is] = [propertiesOf(before), propertiesOf(one)];
  const what = describeGrant(one.grant, words);
  const isOtherDescription = was.description !== null && is.description !== null && was.description !== is.description;
  return [
    ...(was.condition === is.condition ? [] : [twoConditions(before.place, one.place, what)]),
    ...(isOtherDescription ? [twoDescriptions(describedAt, one.place, what)] : []),
  ];
}

const noProperties: GrantProperties = { condition: null, description: null };

/** The properties that a grant is to have. */
export function propertiesOf({ grant: { properties } }: Pick<Wanted, 'grant'>): GrantProperties {
  return properties ?? noProperties;
}

/** Why steps must not be made: access that exists already may stay (P10). @param steps those of the grants, in their order */
export function privileged(
  steps: readonly Step[],
  wanted: readonly Wanted[],
  { allowPrivileged }: Pick<Request, 'allowPrivileged'>,
): readonly Refusal[] {
  if (allowPrivileged) return [];
  const refusals = wanted.flatMap((it, index) => {
    const refusal = steps[index]?.action === 'create' ? it.privileged : null;
    return refusal === null ? [] : [refusal];
  });
  return distinctBy(refusals, ({ message }) => message);
}

/** The same text for the same grant: by IDs, in any letter case where that means nothing, and wherever a role is named from. */
export function grantKey({ principal, role, target }: Assignment, { brief }: Words): string {
  return [principal.id, brief(role.id), target.id].map(sameCase).join('\n');
}
