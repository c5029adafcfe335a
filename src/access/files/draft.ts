import type { Words } from '../grant.ts';
import * as messages from '../messages/inventory.ts';
import { draftRows, typed, type DraftRow } from './draft-rows.ts';
import type { InventoryRow } from './inventory-rows.ts';
import { comment, list, quoted } from './yaml-text.ts';

/**
 * The part that a draft can own: everything that was listed, or nothing, and why. A file that owned roles and targets of
 * which only a part was listed would call the rest extra.
 */
export type Ownable = 'whole' | 'some-principals' | 'some-rows' | 'several-files';

/** Largest access file that a step reads, in bytes. */
export const largestFile = 1024 * 1024;

export interface DraftContext {
  /** The cloud's name in the contract. */
  readonly cloud: string;
  readonly words: Words;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

/**
 * The text of an access file of the permanent access that exists, by IDs with names as comments. Leases, what PIM governs
 * and inherited access are not in it: `reconcile` leaves them as they are.
 */
export function draftOf(rows: readonly InventoryRow[], ownable: Ownable, context: DraftContext): string {
  const permanent = rows.filter(({ isPermanent }) => isPermanent);
  const drafted = draftRows(permanent);
  const head = [
    comment(messages.draftHead(context.words.cloud, context.readAt)),
    ...remarksOn(permanent).map(comment),
    'version: 1',
    `cloud: ${context.cloud}`,
    ...ownsLines(drafted, ownable),
  ];
  const text = textOf(head, drafted, true);
  return Buffer.byteLength(text) <= largestFile ? text : textOf(head, drafted, false);
}

function textOf(head: readonly string[], rows: readonly DraftRow[], named: boolean): string {
  const grants = rows.length === 0 ? ['grants: []'] : ['grants:', ...rows.flatMap((row) => rowLines(row, named))];
  return `${[...head, ...grants].join('\n')}\n`;
}

function remarksOn(permanent: readonly InventoryRow[]): readonly string[] {
  const orphans = permanent.filter(({ existing }) => existing?.principalState === 'orphan').length;
  const untyped = permanent.filter(
    ({ existing, grant }) => existing?.principalState !== 'orphan' && !typed(grant),
  ).length;
  const suspects = permanent.filter(({ isSuspect }) => isSuspect).length;
  const expired = permanent.filter(({ inFile }) => inFile === 'expired').length;
  return [
    ...(orphans === 0 ? [] : [messages.withoutOrphans(orphans)]),
    ...(untyped === 0 ? [] : [messages.withoutUntyped(untyped)]),
    ...(suspects === 0 ? [] : [messages.withSuspects(suspects)]),
    ...(expired === 0 ? [] : [messages.withExpired(expired)]),
  ];
}

function ownsLines(rows: readonly DraftRow[], ownable: Ownable): readonly string[] {
  if (ownable !== 'whole') return [comment(messages.ownsNothing[ownable])];
  if (rows.length === 0) return [];
  const types = [...new Set(rows.flatMap(({ types: own }) => own))].toSorted();
  return [
    'owns:',
    ...list(
      '  ',
      'principals',
      types.map((id) => ({ id, name: null })),
      true,
    ),
    ...list(
      '  ',
      'roles',
      rows.flatMap(({ roles }) => roles),
      true,
    ),
    ...list(
      '  ',
      'targets',
      rows.flatMap(({ targets }) => targets),
      true,
    ),
  ];
}

function rowLines({ principals, roles, targets, condition, expires }: DraftRow, named: boolean): readonly string[] {
  const lines = [
    ...list('    ', 'principal', principals, named),
    ...list('    ', 'role', roles, named),
    ...list('    ', 'target', targets, named),
    ...(condition === null ? [] : [`    condition: ${quoted(condition)}`]),
    ...(expires === null ? [] : [`    expires: ${expires}`]),
  ];
  return lines.map((line, index) => (index === 0 ? `  - ${line.trimStart()}` : line));
}
