import { nameAndId } from '../grant.ts';
import { Refusal } from '../errors.ts';
import { whereOutdated } from './plan.ts';
import { keyOf, sameCase, type ExpectedPlan, type PlanDocument, type PlannedGrant } from './document.ts';

/** So many lines of a difference are shown: nobody reads more, and the plan's file has them all. */
const longestDifference = 500;

const rerun =
  'Run the step with `dry-run: true` again, have the new plan reviewed, and give that one as `expected-plan`.';

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
  return new Refusal(
    `The plan is not the one that was reviewed: its digest is ${now.digest}, and expected-plan gives ${digest}.`,
    `${rerun} A digest cannot say what differs, and does not fit any more once a part of the plan is done: the path of the reviewed plan’s file as \`expected-plan\` shows the one and allows the other.`,
    shorten([
      `The plan now, by ${now.caller}:`,
      ...now.changes.map((change) => `+ ${describe(change)}`),
      ...(now.changes.length === 0 ? ['nothing to change'] : []),
    ]),
  );
}

function compareDocument(now: PlanDocument, reviewed: PlanDocument, path: string): Refusal | null {
  const headers = headerDifferences(now, reviewed);
  const { added, missing, other, renamed } = changeDifferences(now, reviewed);
  if (headers.length + added.length + missing.length + other.length + renamed.length === 0) return null;
  const counts = [
    ...headers.map(({ name }) => `${name} differs`),
    ...counted(added.length, 'change was not reviewed', 'changes were not reviewed'),
    ...counted(missing.length, 'reviewed change is not planned now', 'reviewed changes are not planned now'),
    ...counted(other.length, 'was reviewed as another action', 'were reviewed as other actions'),
    ...counted(renamed.length, 'name is not the reviewed one', 'names are not the reviewed ones'),
  ];
  return new Refusal(
    `The plan is not the one that was reviewed in ${path}: ${counts.join(', ')}.`,
    hintFor(headers.map(({ name }) => name)),
    shorten([legend, ...headers.map(({ text }) => text), ...added, ...other, ...missing, ...renamed]),
  );
}

const legend =
  '+ planned now and not reviewed, - reviewed and not planned now, ~ reviewed as another action, = named otherwise:';

function hintFor(headers: readonly string[]): string {
  return headers.includes('caller')
    ? `${rerun} A plan is for who applies it: where the dry run signs in as somebody else, its \`plan-for\` says who will.`
    : rerun;
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
    sameCase(was) === sameCase(is) ? [] : [{ name, text: `${name}: ${was} was reviewed, and now it is ${is}` }],
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
  const done = new Set(now.kept.map(keyOf));
  const refused = new Map(now.refused.map((it) => [keyOf(it), it.reason]));
  const because = (key: string): string => {
    const reason = refused.get(key);
    return reason === undefined ? '' : ` (refused now: ${reason})`;
  };
  return {
    added: now.changes.filter((it) => !was.has(keyOf(it))).map((it) => `+ ${describe(it)}`),
    other: now.changes.flatMap((it) => {
      const before = was.get(keyOf(it));
      return before === undefined || before.action === it.action
        ? []
        : [`~ ${describe(it)}, reviewed as ${before.action}`];
    }),
    missing: [...was]
      .filter(([key]) => !planned.has(key) && !done.has(key) && !isUpToDate(now, refused.has(key)))
      .map(([key, it]) => `- ${describe(it)}${because(key)}`),
    renamed: [...new Set(now.changes.flatMap((it) => renamedIn(it, was.get(keyOf(it)))))],
  };
}

/** Names decide nothing, and are what a person has read: the ids that count must not stand beside other ones. */
function renamedIn(now: PlannedGrant, reviewed: PlannedGrant | undefined): readonly string[] {
  if (reviewed === undefined) return [];
  return (['principal', 'role', 'target'] as const).flatMap((part) => {
    const [was, is] = [reviewed[`${part}-name`], now[`${part}-name`]];
    if (was === '' || is === '' || was === is) return [];
    return [`= ${part} ${now[`${part}-id`]} was reviewed as "${was}", and is "${is}" now`];
  });
}

/** What was pushed is no longer among the outdated, where only those are meant: a push that is not planned any more is done. */
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

function counted(count: number, one: string, several: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
}

function shorten(lines: readonly string[]): readonly string[] {
  const more = lines.length - longestDifference;
  return more <= 0 ? lines : [...lines.slice(0, longestDifference), `and ${more} more`];
}
