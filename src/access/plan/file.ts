import type { ChangeKind } from '../cloud.ts';
import { ok, wrong, type Parsed } from '../declaration.ts';
import { isoDuration, parseLifetime } from '../durations.ts';
import { isRecord, parseJson } from '../json.ts';
import * as messages from '../messages/plan-file.ts';
import {
  digestOf,
  keyOf,
  planKind,
  planSchema,
  type PlanDocument,
  type PlannedGrant,
  type PlannedOperation,
} from './document.ts';
import { withoutEnd } from '../request.ts';
import { removalCauses } from './plan.ts';

/** Maximum length of a file, in characters and in bytes: some forty thousand grants. */
export const largestPlan = 16 * 1024 * 1024;

/** The actions that an operation can plan. */
const actionsOf: Readonly<Record<PlannedOperation, readonly ChangeKind[]>> = {
  assign: ['create', 'update'],
  revoke: ['remove'],
  provision: ['provision'],
  reconcile: ['create', 'update', 'remove'],
};

const grantMembers = [
  'action',
  'principal-type',
  'principal-id',
  'principal-name',
  'role-id',
  'role-name',
  'target-id',
  'target-name',
] as const satisfies readonly (keyof PlannedGrant)[];

const members = [
  'schema',
  'kind',
  'cloud',
  'operation',
  'caller',
  'directory',
  'lifetime',
  'keep-after-job',
  'settings',
  'changes',
  'kept',
  'refused',
  'digest',
] as const satisfies readonly (keyof PlanDocument)[];

/** The file's text: a grant is one line, so that a review shows each that comes or goes. */
export function renderPlan(document: PlanDocument): string {
  const entries = members.map((name) => {
    const value = document[name];
    return `  ${JSON.stringify(name)}: ${Array.isArray(value) ? renderList(value) : JSON.stringify(value)}`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

function renderList(items: readonly unknown[]): string {
  if (items.length === 0) return '[]';
  return `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
}

/** Parses a plan's text. No plan from a file is ever carried out: it is only compared. */
export function parsePlan(text: string): Parsed<PlanDocument> {
  if (text.length > largestPlan || Buffer.byteLength(text) > largestPlan) return wrong(messages.longerThan16MiB);
  if (text.trim() === '') return wrong(messages.emptyFile);
  const value = parseJson(text);
  if (!isRecord(value) || value['kind'] !== planKind) return wrong(messages.notAPlan(planKind));
  if (value['schema'] !== planSchema) return wrong(messages.otherSchema(JSON.stringify(value['schema']), planSchema));
  const problem = problemOf(value) ?? (saysTwice(text, value) ? messages.memberTwice : null);
  if (problem !== null) return wrong(problem);
  const document = value as unknown as PlanDocument;
  const digest = digestOf(document, document.changes);
  return digest === document.digest ? ok(document) : wrong(messages.altered(digest, document.digest));
}

function problemOf(value: Readonly<Record<string, unknown>>): string | null {
  const { operation, settings, changes, kept, refused } = value;
  const strange = strangeMembers(null, value, members);
  if (strange !== null) return strange;
  const texts = ['cloud', 'caller', 'directory', 'digest'].filter((name) => !isText(value[name]));
  if (texts.length > 0) return messages.noText(texts);
  if (!isPlanned(operation)) return messages.unknownOperation;
  const lasting = lifetimeProblem(operation, value['lifetime'], value['keep-after-job']);
  if (lasting !== null) return lasting;
  if (!isRecord(settings) || !Object.values(settings).every((it) => typeof it === 'string'))
    return messages.settingsNotTexts;
  return (
    listProblem('changes', changes, grantMembers, actionsOf[operation], ['cause']) ??
    causeProblem(changes as readonly Readonly<Record<string, unknown>>[]) ??
    listProblem('kept', kept, grantMembers, ['keep']) ??
    listProblem('refused', refused, [...grantMembers, 'reason'], ['refuse']) ??
    twiceProblem([changes, kept, refused] as readonly (readonly PlannedGrant[])[])
  );
}

function isPlanned(operation: unknown): operation is PlannedOperation {
  return typeof operation === 'string' && Object.hasOwn(actionsOf, operation);
}

/** Only an assignment ends by itself, and only what does can be kept after its job. */
function lifetimeProblem(operation: PlannedOperation, lifetime: unknown, keepAfterJob: unknown): string | null {
  if (typeof keepAfterJob !== 'boolean') return messages.keepNotBoolean;
  if (lifetime === withoutEnd) return keepAfterJob ? messages.keepOfPermanent : null;
  const parsed = typeof lifetime === 'string' ? parseLifetime(lifetime) : null;
  // Written in the one way in which plans write it: the digest is over the text.
  if (parsed?.ok !== true || isoDuration(parsed.value) !== lifetime) return messages.strangeLifetime;
  return operation === 'assign' ? null : messages.lifetimeOf(operation);
}

function listProblem(
  name: string,
  list: unknown,
  expected: readonly string[],
  actions: readonly string[],
  optional: readonly string[] = [],
): string | null {
  if (!Array.isArray(list)) return messages.noList(name);
  for (const [index, item] of (list as readonly unknown[]).entries()) {
    const place = `${name}, entry ${index + 1}`;
    if (!isRecord(item)) return messages.noObject(place);
    const strange = strangeMembers(place, item, expected, optional);
    if (strange !== null) return strange;
    if (!expected.every((member) => typeof item[member] === 'string')) return messages.membersNotTexts(place);
    if (!actions.includes(String(item['action']))) return messages.strangeAction(place, JSON.stringify(item['action']));
    if (item['role-id'] === '' || item['target-id'] === '') return messages.emptyId(place);
  }
  return null;
}

/** Only a removal has a cause. */
function causeProblem(changes: readonly Readonly<Record<string, unknown>>[]): string | null {
  const index = changes.findIndex(
    ({ action, cause }) => cause !== undefined && (action !== 'remove' || !removalCauses.some((it) => it === cause)),
  );
  return index === -1
    ? null
    : messages.strangeCause(`changes, entry ${index + 1}`, JSON.stringify(changes[index]?.['cause']));
}

function strangeMembers(
  place: string | null,
  value: Readonly<Record<string, unknown>>,
  expected: readonly string[],
  optional: readonly string[] = [],
): string | null {
  const missing = expected.filter((name) => !Object.hasOwn(value, name));
  if (missing.length > 0) return messages.noMembers(place, missing);
  const more = Object.keys(value).filter((name) => !expected.includes(name) && !optional.includes(name));
  return more.length === 0 ? null : messages.unknownMembers(place, more);
}

function twiceProblem(lists: readonly (readonly PlannedGrant[])[]): string | null {
  const seen = new Set<string>();
  for (const grant of lists.flat()) {
    const key = keyOf(grant);
    if (seen.has(key)) return messages.grantTwice(key);
    seen.add(key);
  }
  return null;
}

/**
 * Of a member that is there twice a person reads the first and a parser takes the last. In JSON a text before a colon is a
 * member's name, so that there are as many of those as members, or some were lost.
 */
function saysTwice(text: string, value: unknown): boolean {
  let names = 0;
  let at = text.indexOf('"');
  while (at !== -1) {
    const end = endOfText(text, at);
    const next = afterSpace(text, end);
    if (text[next] === ':') names += 1;
    at = text.indexOf('"', next);
  }
  return names !== countMembers(value);
}

/** The end of a JSON text that begins at a quotation mark. Not a pattern, because a long text exhausts its stack. */
function endOfText(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function afterSpace(text: string, begin: number): number {
  let at = begin;
  while (' \t\r\n'.includes(text[at] ?? '.')) at += 1;
  return at;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, it) => sum + countMembers(it), own);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
