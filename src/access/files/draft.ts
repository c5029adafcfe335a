import * as messages from '../messages/inventory.ts';
import type { Words, Identity } from '../grant.ts';
import { draftRows, unwritten, type DraftRow } from './draft-rows.ts';
import { maxFileBytes } from './grammar.ts';
import type { InventoryRow } from './inventory-rows.ts';
import type { Existing, Selection } from './port.ts';

/**
 * The part that a draft can own: everything that was listed, or nothing, and why. A file that owned roles and targets of
 * which only a part was listed would call the rest extra.
 */
export type Ownable = 'whole' | 'some-principals' | 'some-rows' | 'several-files';

interface DraftContext {
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

/** Bound on the work of proving what a draft can own. */
const mostChecks = 1_000_000;

/**
 * The part of a draft's roles × targets that was listed. One selection is a product itself; of several, each pair has to
 * be inside of one of them.
 */
export function ownableBy(selections: readonly Selection[], existing: readonly Existing[]): Ownable {
  if (selections.length < 2) return 'whole';
  const roles = new Map(existing.map(({ grant }) => [grant.role.id, grant.role]));
  const targets = new Map(existing.map(({ grant }) => [grant.target.id, grant.target]));
  const principals = new Map(existing.map(({ grant }) => [grant.principal.type, grant.principal]));
  if (roles.size * targets.size * principals.size * selections.length > mostChecks) return 'several-files';
  for (const role of roles.values()) {
    for (const target of targets.values()) {
      for (const principal of principals.values()) {
        const grant = { kind: 'assignment', principal, role, target } as const;
        if (!selections.some((it) => it.covers(grant))) return 'several-files';
      }
    }
  }
  return 'whole';
}

/** Longest name in a comment, in characters. */
const longestName = 120;

/** A text as a comment of one line: nothing in it ends the line, or changes the order in which people read. */
function comment(text: string): string {
  return `# ${oneLine(text)}`;
}

/** A list under a key, each ID once, in the order of code units. @param named true for names as comments */
function list(indent: string, key: string, items: readonly Identity[], named: boolean): readonly string[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [`${indent}${key}:`, ...sorted.map(({ id, name }) => `${indent}  - ${quoted(id)}${nameBeside(name, named)}`)];
}

function nameBeside(name: string | null, named: boolean): string {
  const shown = named && name !== null ? Array.from(oneLine(name)).slice(0, longestName).join('') : '';
  return shown === '' ? '' : ` # ${shown}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
}

/** A scalar that every reader of YAML takes as this text. */
function quoted(text: string): string {
  if (/^[\x20-\x7e]*$/u.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replaceAll(/[\u{7f}-\u{10ffff}]/gu, escaped);
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
