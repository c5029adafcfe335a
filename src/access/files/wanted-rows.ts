import type { Assignment, GrantProperties, Words } from '../grant.ts';
import type { GrantRow, Place } from './access-file.ts';
import { grantKey } from './grant-key.ts';

/** A row, and the grants that it means. */
export interface RowGrants {
  readonly row: GrantRow;
  readonly resolved: { readonly grants: readonly Assignment[] };
}

/** A grant of one or more rows. */
export interface Wanted {
  /** With the properties that its rows give it. */
  readonly grant: Assignment;
  /** The latest end of its rows, in milliseconds since the epoch; `null` for never. */
  readonly expires: number | null;
  /** The place of its first row. */
  readonly place: Place;
}

/** The grants of all rows, each once, by `grantKey`. */
export interface WantedGrants {
  readonly live: ReadonlyMap<string, Wanted>;
  /** Those of which every row has expired. */
  readonly expired: ReadonlyMap<string, Wanted>;
}

/** Adds rows up: a grant of several ends with the last of them. @param now in milliseconds since the epoch */
export function addUp(rows: readonly RowGrants[], now: number, words: Words): WantedGrants {
  const live = new Map<string, Wanted>();
  const expired = new Map<string, Wanted>();
  for (const { row, resolved } of rows) {
    const { expires, place, properties } = row;
    const grants = expires !== null && expires <= now ? expired : live;
    for (const grant of resolved.grants) {
      const key = grantKey(grant, words);
      const before = grants.get(key);
      grants.set(key, joined(before, { grant: { ...grant, properties }, expires, place }));
    }
  }
  for (const key of live.keys()) expired.delete(key);
  return { live, expired };
}

function joined(first: Wanted | undefined, other: Wanted): Wanted {
  if (first === undefined) return other;
  const properties: GrantProperties = {
    condition: propertiesOf(first).condition,
    description: propertiesOf(first).description ?? propertiesOf(other).description,
  };
  return {
    ...first,
    grant: { ...first.grant, properties },
    expires: first.expires === null || other.expires === null ? null : Math.max(first.expires, other.expires),
  };
}

const noProperties: GrantProperties = { condition: null, description: null };

/** The properties that a grant is to have. */
export function propertiesOf({ grant: { properties } }: Pick<Wanted, 'grant'>): GrantProperties {
  return properties ?? noProperties;
}
