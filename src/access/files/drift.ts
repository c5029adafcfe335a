import type { Words } from '../grant.ts';
import { grantKey, propertiesOf, type Wanted, type WantedGrants } from './wanted.ts';
import type { Difference, InFile, InventoryRow } from './inventory-rows.ts';
import { isOwn, isPermanent, isTemporary } from './leftovers.ts';
import type { Existing, Protection } from './port.ts';

/** What access files have. */
interface FileContent extends Pick<WantedGrants, 'live' | 'expired'> {
  readonly isIgnored: (existing: Keyed) => boolean;
  /** True if it is extra where no row has it. */
  readonly isOwned: (existing: Keyed) => boolean;
}

/** An assignment with the key of its grant. */
export interface Keyed {
  readonly key: string;
  readonly existing: Existing;
  /** True for access that neither a lease nor the cloud ends, and that a step of this action can remove. */
  readonly isPermanent: boolean;
}

/** An assignment that looks permanent can be the same as one that the cloud or a lease ends: that counts for both. */
export function keyed(existing: readonly Existing[], words: Words): readonly Keyed[] {
  const all = existing.map((it) => ({ key: grantKey(it.grant, words), existing: it }));
  const temporary = new Set(all.flatMap((it) => (isTemporary(it.existing) ? [it.key] : [])));
  return all.map((it) => ({ ...it, isPermanent: isPermanent(it.existing) && !temporary.has(it.key) }));
}

/** An assignment beside its row. */
interface Compared extends Keyed {
  readonly row: Wanted | null;
  readonly inFile: InFile;
  readonly difference: Difference | null;
}

/** What exists beside what access files have; the rows need to know what cannot be removed. */
interface Comparison {
  /** Assignments that are drift unless they are protected. */
  readonly removable: readonly Existing[];
  /** @param protections of `removable`, in their order */
  readonly rows: (protections: readonly (Protection | null)[]) => readonly InventoryRow[];
}

export function compareWithFiles(there: readonly Keyed[], content: FileContent): Comparison {
  const compared = there.map((it) => compareOne(it, content));
  const removable = compared.filter(({ difference }) => difference === 'extra' || difference === 'expired');
  const missing = missingRows(there, content.live);
  return {
    removable: removable.map(({ existing }) => existing),
    rows: (protections) => {
      const protectedBy = new Map(removable.map((it, index) => [it, protections[index] ?? null]));
      return [...missing, ...compared.map((it) => rowOf(it, protectedBy.get(it) ?? null))];
    },
  };
}

/** The rows of an inventory without access files. */
export function withoutFiles(there: readonly Keyed[]): readonly InventoryRow[] {
  return there.map(({ existing, isPermanent }) => ({
    ...inNoFile,
    grant: existing.grant,
    existing,
    isPermanent,
    isSuspect: isPermanent && existing.isTaggedForLeases,
  }));
}

const inNoFile = { inFile: null, difference: null, place: null, expires: null, protection: null } as const;

function compareOne(it: Keyed, content: FileContent): Compared {
  const row = content.live.get(it.key) ?? content.expired.get(it.key) ?? null;
  const inFile = placeInFile(it, content);
  return { ...it, row, inFile, difference: it.isPermanent ? differenceOf(it, row, inFile, content) : null };
}

function placeInFile(it: Keyed, { live, expired, isIgnored }: FileContent): InFile {
  if (live.has(it.key)) return 'yes';
  if (isIgnored(it)) return 'ignored';
  return expired.has(it.key) ? 'expired' : 'no';
}

function differenceOf(it: Keyed, row: Wanted | null, inFile: InFile, { isOwned }: FileContent): Difference | null {
  switch (inFile) {
    case 'ignored':
      return null;
    case 'no':
      return isOwned(it) ? 'extra' : null;
    case 'expired':
      return 'expired';
    case 'yes':
      return row === null || isSameCondition(it.existing, row) ? null : 'condition';
  }
}

/** An empty condition is none. */
function isSameCondition({ properties }: Existing, row: Wanted): boolean {
  return (properties.condition ?? '') === (propertiesOf(row).condition ?? '');
}

function rowOf(
  { existing, isPermanent, row, inFile, difference }: Compared,
  protection: Protection | null,
): InventoryRow {
  return {
    grant: existing.grant,
    existing,
    isPermanent,
    inFile,
    difference: protection === null ? difference : null,
    place: row?.place ?? null,
    expires: row?.expires ?? null,
    protection: protection?.reason ?? null,
    isSuspect: inFile === 'no' && isPermanent && existing.isTaggedForLeases,
  };
}

/** Inherited access, access through a group and access that can be activated do not count as the grant of a row. */
function missingRows(there: readonly Keyed[], live: WantedGrants['live']): readonly InventoryRow[] {
  const found = new Set(there.filter(({ existing }) => isThere(existing)).map(({ key }) => key));
  return [...live].flatMap(([key, { grant, place, expires }]) =>
    found.has(key) ? [] : [{ ...inNoFile, ...missing, grant, place, expires }],
  );
}

const missing = { existing: null, isPermanent: false, inFile: 'yes', difference: 'missing', isSuspect: false } as const;

function isThere(existing: Existing): boolean {
  return existing.kind !== 'pim-eligible' && isOwn(existing);
}
