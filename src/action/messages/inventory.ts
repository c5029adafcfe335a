import type { Difference } from '#access/files/inventory-rows';
import type { ExistingKind } from '#access/files/port';
import { minuteInWords } from '#access/clock';
import { enumerated, several } from '#access/words';

/* What the log and the summary say about an inventory. */

export const noDrift = (count: number): string => `No drift: ${several(count, 'assignment')}`;
export const drift = (differences: string): string => `Drift: ${differences}`;
export const found = (count: number): string => `Inventory: ${several(count, 'assignment')}`;
export const differs = (differences: string): string => `The access differs from the access file: ${differences}.`;

const kinds: Readonly<Record<ExistingKind, string>> = {
  permanent: 'permanent',
  lease: 'leased',
  'pim-active': 'activated',
  'pim-eligible': 'eligible',
};

/** @param counts of each kind that there is */
export const kindsInWords = (counts: readonly (readonly [ExistingKind, number])[]): string =>
  `${enumerated(counts.map(([kind, count]) => `${count} ${kinds[kind]}`))}.`;

export const differenceInWords: Readonly<Record<Difference, string>> = {
  extra: 'extra',
  expired: 'expired, still there',
  missing: 'missing',
  condition: 'another condition',
};

export const protectedOne = 'in no row, protected';
export const orphan = 'orphan';
export const suspect = 'permanent, role is for leases';

/** The state of access that is as it should be. */
export function stateOf(kind: ExistingKind, endsAt: number | null): string {
  return endsAt === null ? kinds[kind] : `${kinds[kind]} until ${minuteInWords(endsAt)}`;
}

export const overdueSince = (ms: number): string => `overdue since ${minuteInWords(ms)}`;

/** After the other counts of a headline. */
export const andOverdue = (count: number): string => `, ${several(count, 'lease')} overdue`;

export const overdue = (count: number): string =>
  `${several(count, 'lease')} ${count === 1 ? 'is' : 'are'} overdue: the end time has passed, but the access still exists. Run \`operation: sweep\`, which ends it, or reports what a person has to decide.`;

export const suspects = (count: number): string =>
  `${several(count, 'permanent assignment')} of roles that are tagged for leases ${count === 1 ? 'has' : 'have'} neither a record nor a row. If it was a lease, it no longer ends by itself: revoke it, or write a row for it.`;

export const orphans = (count: number): string => `${several(count, 'assignment')} of principals that no longer exist.`;

export const createdAt = (ms: number): string => `created at ${minuteInWords(ms)}`;
export const rowAt = (place: string): string => `row ${place}`;
export const rowExpires = (ms: number): string => `its row expires at ${minuteInWords(ms)}`;
export const rowExpired = (ms: number): string => `its row expired at ${minuteInWords(ms)}`;
export const throughGroup = (name: string): string => `through group ${name}`;
export const inherited = 'inherited';
export const heldUntil = (words: string, end: number): string => `${words} until ${minuteInWords(end)}`;

export const rowsNotCompared = (count: number): string => `${several(count, 'row')} of the access file not compared`;
export const moreRows = (count: number): string => `${several(count, 'more row')}: see inventory-file.`;
export const byRole = (role: string, count: number): string => `By ${role} (${count})`;
export const byTarget = (target: string, count: number): string => `By ${target} (${count})`;
export const inventoryFile = (path: string): string => `Inventory file: ${path}`;
export const draftFile = (path: string): string => `Draft of an access file: ${path}`;
export const draftTooLarge =
  'The draft is larger than an access file can be. Narrow the inventory, and make a draft for each part.';
/** @param output such as `inventory-file` */
export const notWritten = (output: string, why: string): string => `${output} could not be written: ${why}`;

/** A line of the log. */
export const lineOf = (state: string, grant: string, notes: readonly string[]): string =>
  `${state}: ${grant}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}.`;

/** Titles of folded lines. */
export const foldedDifferences = (count: number): string => several(count, 'more difference');
export const foldedOthers = (count: number): string => `Orphans, leases and protected access (${count})`;
