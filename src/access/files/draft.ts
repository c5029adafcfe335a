import type { Words } from '../grant.ts';
import * as messages from '../messages/inventory.ts';
import { draftRows, unwritten, type DraftRow } from './draft-rows.ts';
import { maxFileBytes } from './grammar.ts';
import type { InventoryRow } from './inventory-rows.ts';
import { comment, list, quoted } from './yaml-text.ts';

/**
 * The part that a draft can own: everything that was listed, or nothing, and why. A file that owned roles and targets of
 * which only a part was listed would call the rest extra.
 */
export type Ownable = 'whole' | 'some-principals' | 'some-rows' | 'several-files';

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
  const drafted = draftRows(permanent.filter((row) => unwritten(row) === null));
  const head = [
    comment(messages.draftHead(context.words.cloud, context.readAt)),
    ...remarksOn(permanent).map(comment),
    'version: 1',
    `cloud: ${context.cloud}`,
    ...ownsLines(drafted, ownable),
  ];
  const text = textOf(head, drafted, true);
  return Buffer.byteLength(text) <= maxFileBytes ? text : textOf(head, drafted, false);
}

function textOf(head: readonly string[], rows: readonly DraftRow[], named: boolean): string {
  const grants = rows.length === 0 ? ['grants: []'] : ['grants:', ...rows.flatMap((row) => rowLines(row, named))];
  return `${[...head, ...grants].join('\n')}\n`;
}

function remarksOn(permanent: readonly InventoryRow[]): readonly string[] {
  const left = Map.groupBy(permanent, unwritten);
  const counts = [
    [left.get('orphan')?.length, messages.withoutOrphans],
    [left.get('type')?.length, messages.withoutUntyped],
    [left.get('condition')?.length, messages.withoutConditions],
    [permanent.filter(({ isSuspect }) => isSuspect).length, messages.withSuspects],
    [permanent.filter(({ inFile }) => inFile === 'expired').length, messages.withExpired],
  ] as const;
  return counts.flatMap(([count = 0, sentence]) => (count === 0 ? [] : [sentence(count)]));
}

function ownsLines(rows: readonly DraftRow[], ownable: Ownable): readonly string[] {
  if (ownable !== 'whole') return [comment(messages.ownsNothing[ownable])];
  if (rows.length === 0) return [];
  const types = rows.flatMap((row) => row.types).map((id) => ({ id, name: null }));
  const roles = rows.flatMap((row) => row.roles);
  const targets = rows.flatMap((row) => row.targets);
  return [
    'owns:',
    ...list('  ', 'principals', types, true),
    ...list('  ', 'roles', roles, true),
    ...list('  ', 'targets', targets, true),
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
