import { isoSeconds } from '#access/clock';
import type { Existing } from '#access/files/port';
import type { InventoryRow } from '#access/files/inventory-rows';
import { placeInWords } from '#access/messages/inventory';

/** A row of `inventory-file`, with keys like the outputs. Empty texts where there is nothing to say. */
type InventoryRecord = Readonly<Record<string, string | boolean | readonly HolderRecord[]>>;

interface HolderRecord {
  readonly holder: string;
  readonly words: string;
  readonly end: string;
}

export function toInventoryRecord(row: InventoryRow): InventoryRecord {
  const { grant, existing, inFile, difference, place, expires, protection, isSuspect } = row;
  return {
    'in-file': inFile ?? '',
    difference: difference ?? '',
    'principal-type': grant.principal.type ?? existing?.seen.principalType ?? '',
    'principal-id': grant.principal.id,
    'principal-name': grant.principal.name ?? '',
    'principal-state': existing?.principalState ?? '',
    'role-id': grant.role.id,
    'role-name': grant.role.name ?? '',
    'target-id': grant.target.id,
    'target-name': grant.target.name ?? '',
    ...(existing === null ? ofMissing : ofExisting(existing)),
    row: place === null ? '' : placeInWords(place),
    'row-expires': instant(expires),
    protection: protection ?? '',
    'possible-lease': isSuspect,
  };
}

const ofMissing = {
  kind: '',
  source: '',
  'via-id': '',
  'via-name': '',
  holders: [],
  'ends-at': '',
  'overdue-since': '',
  'created-at': '',
  'assignment-id': '',
  condition: '',
  description: '',
} as const;

function ofExisting(existing: Existing): Readonly<Record<keyof typeof ofMissing, string | readonly HolderRecord[]>> {
  const { kind, source, via, holders, endsAt, overdueSince, createdAt, seen, properties } = existing;
  return {
    kind,
    source,
    'via-id': via?.id ?? '',
    'via-name': via?.name ?? '',
    holders: holders.map(({ holder, words, end }) => ({ holder, words, end: isoSeconds(end) })),
    'ends-at': instant(endsAt),
    'overdue-since': instant(overdueSince),
    'created-at': instant(createdAt),
    'assignment-id': seen.assignmentId ?? '',
    condition: properties.condition ?? '',
    description: properties.description ?? '',
  };
}

function instant(ms: number | null): string {
  return ms === null ? '' : isoSeconds(ms);
}
