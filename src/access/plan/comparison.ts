import * as messages from '../messages/plans.ts';
import { nameAndId } from '../grant.ts';
import { Refusal } from '../errors.ts';
import { whereOutdated } from './plan.ts';
import {
  keyOf,
  sameCase,
  type ExpectedPlan,
  type PlanDocument,
  type PlannedChange,
  type PlannedGrant,
} from './document.ts';

/** Maximum number of lines of a difference in the log. The plan's file has all of them. */
const longestDifference = 500;

/**
 * Holds the plan that was made now against the reviewed one; `null` where it may be carried out. A digest demands
 * equality. With a document, a change that is done already is fine, and whatever is not in the document is not.
 */
export function comparePlans(now: PlanDocument, expected: ExpectedPlan): Refusal | null {
  return expected.kind === 'digest'
    ? compareDigest(now, expected.digest)
    : compareDocument(now, expected.document, expected.path);
}

function compareDigest(now: PlanDocument, digest: string): Refusal | null {
  if (now.digest === digest) return null;
  return messages.otherDigest(
    now.digest,
    digest,
    shorten([
      messages.planNow(now.caller),
      ...now.changes.map((change) => `+ ${describe(change)}`),
      ...(now.changes.length === 0 ? [messages.nothingToChange] : []),
    ]),
  );
}

function compareDocument(now: PlanDocument, reviewed: PlanDocument, path: string): Refusal | null {
  const headers = headerDifferences(now, reviewed);
  const { added, missing, other, renamed } = changeDifferences(now, reviewed);
  if (headers.length + added.length + missing.length + other.length + renamed.length === 0) return null;
  const counts = [
    ...headers.map(({ name }) => messages.differs(name)),
    ...counted(added.length, messages.differenceCounts.added),
    ...counted(missing.length, messages.differenceCounts.missing),
    ...counted(other.length, messages.differenceCounts.other),
    ...counted(renamed.length, messages.differenceCounts.renamed),
  ];
  return messages.otherPlan(
    path,
    counts,
    headers.some(({ name }) => name === 'caller'),
    shorten([messages.legend, ...headers.map(({ text }) => text), ...added, ...other, ...missing, ...renamed]),
  );
}

interface HeaderDifference {
  readonly name: string;
  readonly text: string;
}

function headerDifferences(now: PlanDocument, reviewed: PlanDocument): readonly HeaderDifference[] {
  const names = ['cloud', 'operation', 'caller', 'directory', 'lifetime', 'keep-after-job'] as const;
  const settings = [...new Set([...Object.keys(reviewed.settings), ...Object.keys(now.settings)])];
  return [
    ...names.map((name) => [name, String(reviewed[name]), String(now[name])] as const),
    ...settings.map((name) => [name, quoted(reviewed.settings[name]), quoted(now.settings[name])] as const),
  ].flatMap(([name, was, is]) =>
    sameCase(was) === sameCase(is) ? [] : [{ name, text: messages.headerDiffers(name, was, is) }],
  );
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

interface ChangeDifferences {
  readonly added: readonly string[];
  readonly missing: readonly string[];
  readonly other: readonly string[];
  readonly renamed: readonly string[];
}

function changeDifferences(now: PlanDocument, reviewed: PlanDocument): ChangeDifferences {
  const was = new Map(reviewed.changes.map((change) => [keyOf(change), change]));
  const planned = new Set(now.changes.map(keyOf));
  const kept = new Set(now.kept.map(keyOf));
  const refused = new Map(now.refused.map((it) => [keyOf(it), it.reason]));
  /** Of access files, what is kept exists: there a removal is done once its grant is in no list. */
  const isDone = (key: string, { action }: PlannedChange): boolean =>
    now.operation === 'reconcile' && action === 'remove' ? !kept.has(key) && !refused.has(key) : kept.has(key);
  const because = (key: string): string => {
    const reason = refused.get(key);
    return reason === undefined ? '' : messages.refusedNow(reason);
  };
  return {
    added: now.changes.filter((it) => !was.has(keyOf(it))).map((it) => `+ ${describe(it)}`),
    other: now.changes.flatMap((it) => {
      const before = was.get(keyOf(it));
      return before === undefined || before.action === it.action
        ? []
        : [messages.reviewedAs(describe(it), before.action)];
    }),
    missing: [...was]
      .filter(([key, it]) => !planned.has(key) && !isDone(key, it) && !isUpToDate(now, refused.has(key)))
      .map(([key, it]) => `- ${describe(it)}${because(key)}`),
    renamed: [...new Set(now.changes.flatMap((it) => renamedIn(it, was.get(keyOf(it)))))],
  };
}

/** Names have no effect, but a person has read them: the IDs that count must not come with other names. */
function renamedIn(now: PlannedGrant, reviewed: PlannedGrant | undefined): readonly string[] {
  if (reviewed === undefined) return [];
  return (['principal', 'role', 'target'] as const).flatMap((part) => {
    const [was, is] = [reviewed[`${part}-name`], now[`${part}-name`]];
    if (was === '' || is === '' || was === is) return [];
    return [messages.renamed(part, now[`${part}-id`], was, is)];
  });
}

/** After a push, a place is no longer outdated. With `outdated`, a push that is not planned any more is done. */
function isUpToDate({ settings }: PlanDocument, refused: boolean): boolean {
  return settings['target'] === whereOutdated && !refused;
}

/** By names where they are known, beside the ids that count. */
function describe(grant: PlannedGrant): string {
  const who =
    grant['principal-id'] === ''
      ? ''
      : `${grant['principal-type'] || 'principal'} ${named(grant['principal-name'], grant['principal-id'])} with `;
  const what = named(grant['role-name'], grant['role-id']);
  return `${grant.action} ${who}${what} on ${named(grant['target-name'], grant['target-id'])}`;
}

/** As a plan has it: no name is an empty one. */
function named(name: string, id: string): string {
  return nameAndId({ id, name: name === '' ? null : name });
}

function counted(count: number, [one, several]: readonly [one: string, several: string]): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
}

function shorten(lines: readonly string[]): readonly string[] {
  const more = lines.length - longestDifference;
  return more <= 0 ? lines : [...lines.slice(0, longestDifference), messages.andMore(more)];
}
