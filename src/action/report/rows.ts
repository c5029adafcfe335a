import { typeInWords, type Identity, type Words } from '#access/grant';
import { endInBrief } from '#access/messages/lease-ends';
import type { Result } from '#access/outcome';
import { capital, seconds } from '#access/words';
import { nameBesideId, plain, type Markup } from './html.ts';
import { becameOf, isMadePermanent, signOf } from './tally.ts';

/** A column of the summary's table. */
export interface Column {
  readonly title: string;
  readonly cell: (result: Result) => string;
}

export interface Fact {
  readonly title: string;
  readonly value: Markup;
}

/** How many results are shown: what is the same in all of them is said once, and only what differs has a column. */
export interface Layout {
  readonly shared: readonly Fact[];
  readonly columns: readonly Column[];
  /** Whether names stand in the columns without their ids, which would fill them. */
  readonly hidesIds: boolean;
}

/** @param dryRun nothing was done: there are no request ids and no times */
export function layOut(results: readonly Result[], words: Words, dryRun: boolean): Layout {
  const parts = partsOf(results, words);
  const differing = parts.filter((part) => new Set(results.map((result) => part.of(result).id)).size > 1);
  const nameOnly = new Map(differing.map((part) => [part, makesDo(part, results, words)]));
  const ends = endsOf(results, words, dryRun);
  const [end] = ends;
  return {
    shared: [
      ...parts.filter((part) => !differing.includes(part)).flatMap((part) => factIn(part, results, words)),
      ...(ends.size === 1 && end !== undefined && end !== none ? [{ title: 'Ends', value: plain(end) }] : []),
    ],
    columns: [
      { title: dryRun ? 'Plan' : 'Result', cell: (result) => verdict(result, dryRun) },
      ...differing.map((part): Column => ({
        title: part.title,
        cell: (result) => inCell(part, result, nameOnly.get(part) === true, words),
      })),
      ...(ends.size > 1 ? [{ title: 'Ends', cell: (result: Result) => endOf(result, words) }] : []),
      ...(dryRun
        ? []
        : [
            { title: 'Request id', cell: ({ outcome }: Result) => outcome.requestId ?? none },
            { title: 'Took', cell: took },
          ]),
    ],
    hidesIds: [...nameOnly.values()].some((it) => it),
  };
}

/** What is to be known of the only grant, besides how it ended. */
export function factsOf(result: Result, words: Words, dryRun: boolean): readonly Fact[] {
  const { requestId } = result.outcome;
  return [
    ...partsOf([result], words).flatMap((part) => factIn(part, [result], words)),
    ...(requestId === null ? [] : [{ title: 'Request id', value: nameBesideId('', null, requestId) }]),
    ...(dryRun || result.startedAt === result.endedAt ? [] : [{ title: 'Took', value: plain(took(result)) }]),
  ];
}

const none = '–';

/** Who, what or where. */
interface Part {
  readonly title: string;
  readonly of: (result: Result) => Identity;
  /** Of what kind it is, before its name; empty where the title says it. */
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

/** @param results that all have the same there; of what kind it is not each of them may have seen */
function factIn(part: Part, results: readonly Result[], words: Words): readonly Fact[] {
  const result = results.find((it) => part.kind(it) !== '') ?? results[0];
  if (result === undefined) return [];
  const { id, name } = part.of(result);
  return [{ title: part.title, value: nameBesideId(part.kind(result), name, words.brief(id)) }];
}

/** An id that is no longer than this can stand beside its name, or for it: an account's. */
export const shortId = 12;

/** Whether the names of a column tell its rows apart, and their ids are too long to stand beside them. */
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

/** The ends that there are. Where nothing is leased what was granted has none, and what was not needs no word about it. */
function endsOf(results: readonly Result[], words: Words, dryRun: boolean): ReadonlySet<string> {
  const isLeased = results.some(({ lease }) => lease !== null);
  // A dry run has no leases either, and yet may have planned some.
  const isPermanent = !isLeased && !dryRun && results.some(isMadePermanent);
  return new Set(isPermanent ? ['never'] : results.map((result) => endOf(result, words)));
}

function endOf({ lease }: Result, words: Words): string {
  return lease === null ? none : endInBrief(lease, words);
}

function took({ startedAt, endedAt }: Result): string {
  return seconds(endedAt - startedAt);
}

/** What happened in two or three words, before any id. */
function verdict(result: Result, dryRun: boolean): string {
  return signOf(result.outcome.status, dryRun) + becameOf(result, dryRun);
}
