import { typeInWords, type Identity, type Words } from '#access/grant';
import { shortId } from '#access/grant-names';
import { endInBrief, endInWords, nothingEndsIt } from '#access/messages/lease-ends';
import type { Result } from '#access/outcome';
import { capital, seconds } from '#access/words';
import { nameBesideId, plain } from './html.ts';
import type { Fact } from './run-facts.ts';
import { becameOf, fateOf, isMadePermanent, signOfAll } from './tally.ts';

/** A column of the summary's table. */
export interface Column {
  readonly title: string;
  readonly cell: (result: Result) => string;
}

/** The results as facts and columns: parts that all have in common are facts, parts that differ are columns. */
interface Layout {
  readonly shared: readonly Fact[];
  readonly columns: readonly Column[];
  /** True if a column has names without their IDs, which are too long for it. */
  readonly hidesIds: boolean;
}

/** @param dryRun whether there are no request IDs and no durations */
export function layOut(results: readonly Result[], words: Words, dryRun: boolean): Layout {
  const parts = partsOf(results, words);
  const differing = parts.filter((part) => new Set(results.map((result) => part.of(result).id)).size > 1);
  const nameOnly = new Map(differing.map((part) => [part, makesDo(part, results, words)]));
  return {
    shared: parts.filter((part) => !differing.includes(part)).flatMap((part) => factIn(part, results, words)),
    columns: [
      { title: dryRun ? 'Plan' : 'Result', cell: (result) => verdict(result, dryRun) },
      ...differing.map((part): Column => ({
        title: part.title,
        cell: (result) => inCell(part, result, nameOnly.get(part) === true, words),
      })),
      ...(endsOf(results, words, dryRun).size > 1
        ? [{ title: 'Ends', cell: (result: Result) => endOf(result, words) }]
        : []),
      ...(dryRun || results.every(({ startedAt, endedAt }) => startedAt === endedAt)
        ? []
        : [{ title: 'Took', cell: took }]),
      ...(dryRun || results.every(({ outcome }) => outcome.requestId === null)
        ? []
        : [{ title: 'Request ID', cell: ({ outcome }: Result) => outcome.requestId ?? none }]),
    ],
    hidesIds: [...nameOnly.values()].some((it) => it),
  };
}

/** When all access that was granted ends, in a sentence; `null` where it has no end to report, or where the ends differ. */
export function endOfAll(results: readonly Result[], words: Words, dryRun: boolean): string | null {
  const ends = endsOf(results, words, dryRun);
  const [end] = ends;
  return ends.size === 1 && end !== undefined ? end : null;
}

function endsOf(results: readonly Result[], words: Words, dryRun: boolean): ReadonlySet<string> {
  return new Set(
    results.flatMap((result) => {
      // A dry run reports no leases, although it might plan some.
      if (!dryRun && isMadePermanent(result)) return [nothingEndsIt];
      // After a release, sentences say what others hold.
      return result.lease === null || fateOf(result) === 'released' ? [] : [endInWords(result.lease, words)];
    }),
  );
}

/** The only grant, besides its result. */
export function partFacts(result: Result, words: Words): readonly Fact[] {
  return partsOf([result], words).flatMap((part) => factIn(part, [result], words));
}

export function requestFacts(result: Result, dryRun: boolean): readonly Fact[] {
  const { requestId } = result.outcome;
  return [
    ...(requestId === null ? [] : [{ title: 'Request ID', value: nameBesideId('', null, requestId) }]),
    ...(dryRun || result.startedAt === result.endedAt ? [] : [{ title: 'Took', value: plain(took(result)) }]),
  ];
}

const none = '–';

/** The principal, role or target of a grant. */
interface Part {
  readonly title: string;
  readonly of: (result: Result) => Identity;
  /** Its kind, before its name; empty where the title says it. */
  readonly kind: (result: Result) => string;
}

function partsOf(results: readonly Result[], words: Words): readonly Part[] {
  const withPrincipal = results.some(({ grant }) => grant.kind === 'assignment');
  const nothing = (): string => '';
  return [
    ...(withPrincipal ? [{ title: 'Principal', of: principalIn, kind: kindIn }] : []),
    { title: capital(words.role), of: ({ grant }) => grant.role, kind: nothing },
    { title: capital(words.target), of: ({ grant }) => grant.target, kind: nothing },
  ];
}

function principalIn({ grant }: Result): Identity {
  return grant.kind === 'assignment' ? grant.principal : { id: none, name: null };
}

function kindIn({ grant, seen }: Result): string {
  const type = (grant.kind === 'assignment' ? grant.principal.type : null) ?? seen?.principalType ?? null;
  return type === null ? '' : `${typeInWords({ type })} `;
}

/** @param results grants that have the same part; not each of them might have seen its kind */
function factIn(part: Part, results: readonly Result[], words: Words): readonly Fact[] {
  const result = results.find((it) => part.kind(it) !== '') ?? results[0];
  if (result === undefined) return [];
  const { id, name } = part.of(result);
  return [{ title: part.title, value: nameBesideId(part.kind(result), name, words.brief(id)) }];
}

/** True if the names of a column identify its rows, and its IDs are too long to show beside them. */
function makesDo(part: Part, results: readonly Result[], words: Words): boolean {
  const ids = new Map<string, string>();
  for (const result of results) {
    const { id, name } = part.of(result);
    if (name === null) continue;
    if ((ids.get(name) ?? id) !== id) return false;
    ids.set(name, id);
  }
  return [...ids.values()].some((id) => words.brief(id).length > shortId);
}

function inCell(part: Part, result: Result, nameOnly: boolean, { brief }: Words): string {
  const { id, name } = part.of(result);
  const text = name === null ? brief(id) : nameOnly ? name : `${name} (${brief(id)})`;
  return part.kind(result) + text;
}

function endOf(result: Result, words: Words): string {
  if (isMadePermanent(result)) return 'never';
  return result.lease === null ? none : endInBrief(result.lease, words);
}

function took({ startedAt, endedAt }: Result): string {
  return seconds(endedAt - startedAt);
}

/** The result in two or three words. */
function verdict(result: Result, dryRun: boolean): string {
  return signOfAll([result], dryRun) + becameOf(result, dryRun);
}
