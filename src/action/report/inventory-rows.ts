import { differences, type InventoryRow } from '#access/files/inventory-rows';
import { placeInWords } from '#access/messages/inventory';
import { capital } from '#access/words';
import * as messages from '../messages/inventory.ts';

/** Rows that a person should look at, the most pressing first: what differs, orphans, and what ends or might have to. */
export function pressingRows(rows: readonly InventoryRow[]): readonly InventoryRow[] {
  return rows
    .map((row) => ({ row, rank: rankOf(row) }))
    .filter(({ rank }) => rank < plain)
    .sort((a, b) => a.rank - b.rank)
    .map(({ row }) => row);
}

/** Rank of access that is as it should be. */
const plain = 100;

function rankOf({ difference, protection, isSuspect, existing }: InventoryRow): number {
  if (difference !== null) return differences.indexOf(difference);
  if (isOverdue(existing)) return 9;
  if (protection !== null) return 10;
  if (existing?.principalState === 'orphan') return 11;
  if (isSuspect) return 12;
  switch (existing?.kind) {
    case 'lease':
      return 13;
    case 'pim-active':
      return 14;
    case 'pim-eligible':
      return 15;
    case 'permanent':
    case undefined:
      return plain;
  }
}

/** True for access of a lease whose end time has passed. */
export function isOverdue(existing: InventoryRow['existing']): boolean {
  return existing !== null && existing.overdueSince !== null;
}

/** The state of a row, in a few words. */
export function stateOf({ difference, protection, isSuspect, existing }: InventoryRow): string {
  if (difference !== null) return withOrphan(messages.differenceInWords[difference], existing);
  if (protection !== null) return withOrphan(messages.protectedOne, existing);
  if (existing === null) return '';
  const { kind, endsAt, overdueSince } = existing;
  const ending = overdueSince === null ? messages.stateOf(kind, endsAt) : messages.overdueSince(overdueSince);
  const state = isSuspect && overdueSince === null ? messages.suspect : ending;
  return existing.principalState === 'orphan' ? `${messages.orphan}, ${state}` : state;
}

function withOrphan(state: string, existing: InventoryRow['existing']): string {
  return existing?.principalState === 'orphan' ? `${state}, ${messages.orphan}` : state;
}

/** Further facts about a row, each in a few words. */
export function notesOn({
  place,
  expires,
  inFile,
  existing,
  protection,
  isSuspect,
  difference,
}: InventoryRow): readonly string[] {
  const end = inFile === 'expired' ? messages.rowExpired : messages.rowExpires;
  return [
    ...(place === null ? [] : [messages.rowAt(placeInWords(place))]),
    ...(expires === null ? [] : [end(expires)]),
    ...(isSuspect && difference !== null ? [messages.suspect] : []),
    ...(existing?.overdueSince == null || (difference ?? protection) === null
      ? []
      : [messages.overdueSince(existing.overdueSince)]),
    ...(protection === null ? [] : [protection.replace(/\.$/u, '')]),
    ...(existing === null ? [] : notesOnExisting(existing)),
  ];
}

function notesOnExisting({
  source,
  via,
  holders,
  createdAt,
}: NonNullable<InventoryRow['existing']>): readonly string[] {
  return [
    ...(source === 'inherited' ? [messages.inherited] : []),
    ...(via === null ? [] : [messages.throughGroup(via.name ?? via.id)]),
    ...holders.map(({ words, holder, end }) => messages.heldUntil(words === '' ? holder : words, end)),
    ...(createdAt === null ? [] : [messages.createdAt(createdAt)]),
  ];
}

/** The same as the beginning of a line. */
export function stateAtBeginning(row: InventoryRow): string {
  return capital(stateOf(row));
}
