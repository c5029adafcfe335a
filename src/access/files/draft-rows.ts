import { isoSeconds } from '../clock.ts';
import type { Identity } from '../grant.ts';
import { hiddenIn } from '../odd-characters.ts';
import type { InventoryRow } from './inventory-rows.ts';

/** A row of a draft: its principals have its roles on its targets. */
export interface DraftRow {
  /** By their lines. */
  readonly principals: readonly Identity[];
  readonly types: readonly string[];
  readonly roles: readonly Identity[];
  readonly targets: readonly Identity[];
  readonly condition: string | null;
  /** As the file has it; `null` for never. */
  readonly expires: string | null;
}

/** Reasons why a row of a file cannot have an assignment. */
type Unwritten = 'orphan' | 'type' | 'condition';

/** Why a row of a file cannot have this assignment; `null` where it can. A deleted principal can have the type `Unknown`. */
export function unwritten({ existing, grant: { principal } }: InventoryRow): Unwritten | null {
  if (existing?.principalState === 'orphan') return 'orphan';
  if (principal.type === null || principal.type === '' || principal.type === 'Unknown') return 'type';
  return isReadable(existing?.properties.condition ?? '') ? null : 'condition';
}

/** True if the reader of access files takes a text as it is. */
function isReadable(text: string): boolean {
  return text === text.trim() && text.isWellFormed() && hiddenIn(text, false) === null;
}

/** Rows that multiply to these assignments, and to no other. */
export function draftRows(written: readonly InventoryRow[]): readonly DraftRow[] {
  const onTargets = merged(written.map(rowOf), ['targets']);
  const withRoles = merged(onTargets, ['roles']);
  return merged(withRoles, ['principals', 'types']).toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function rowOf({ grant: { principal, role, target }, existing, inFile, expires }: InventoryRow): DraftRow {
  const type = principal.type ?? '';
  const condition = existing?.properties.condition ?? null;
  return {
    principals: [{ id: `${prefixOf(type)}:${principal.id}`, name: principal.name }],
    types: [type],
    roles: [role],
    targets: [target],
    condition: condition === '' ? null : condition,
    // A row that has expired would end the access.
    expires: expires === null || inFile === 'expired' ? null : fileTime(expires),
  };
}

/** `ServicePrincipal` as `service-principal`: the prefix of a line is the type in words. */
function prefixOf(type: string): string {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, '-').toLowerCase();
}

function fileTime(ms: number): string {
  return isoSeconds(ms).replace('T00:00:00Z', '');
}

const lists = ['principals', 'types', 'roles', 'targets'] as const;
type ListName = (typeof lists)[number];

/** Joins the rows that differ only in these lists. */
function merged(rows: readonly DraftRow[], differing: readonly ListName[]): readonly DraftRow[] {
  const groups = Map.groupBy(rows, (row) =>
    keyOf(
      row,
      lists.filter((it) => !differing.includes(it)),
    ),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        ...first,
        ...(differing.includes('principals') ? { principals: group.flatMap(({ principals }) => principals) } : {}),
        ...(differing.includes('types') ? { types: [...new Set(group.flatMap(({ types }) => types))] } : {}),
        ...(differing.includes('roles') ? { roles: group.flatMap(({ roles }) => roles) } : {}),
        ...(differing.includes('targets') ? { targets: group.flatMap(({ targets }) => targets) } : {}),
      },
    ];
  });
}

function keyOf(row: DraftRow, same: readonly ListName[]): string {
  const ids = (list: DraftRow[ListName]): readonly string[] =>
    list.map((it) => (typeof it === 'string' ? it : it.id)).toSorted();
  return JSON.stringify([row.condition, row.expires, ...same.map((name) => ids(row[name]))]);
}

function sortKey(row: DraftRow): string {
  return keyOf(row, lists);
}
