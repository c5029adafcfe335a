import { isGreen, type Lack, type Result } from '#access/outcome';
import { describeGrant, type Words } from '#access/grant';
import { namesAmong } from '#access/grant-names';
import { endInWords, nothingEndsIt } from '#access/messages/lease-ends';
import { capital, sentence, several } from '#access/words';
import { log, logError, logGroup } from '../log.ts';
import {
  advice,
  alreadySo,
  changed,
  dryRunEnded,
  ended,
  notAnnotated,
  nothingToDo,
  product,
  releaseInLog,
  requestId,
  requestIds,
} from '../messages/report.ts';
import { hintOf, reasonIn } from './reasons.ts';
import { endOfAll } from './rows.ts';
import {
  becameOf,
  isAsBefore,
  isMadePermanent,
  leaseIdsIn,
  leaseSentencesIn,
  needsLook,
  remarksIn,
  tally,
  worstFirst,
} from './tally.ts';

/** The platform keeps ten annotations of each kind per step. */
const maxAnnotations = 10;
/** More lines of one kind than this are folded. */
const maxOpenLines = 20;
const maxOpenFailures = 100;

/** Facts besides the results that are needed to put them into words. */
interface ReportNotes {
  readonly wait: boolean;
  readonly dryRun: boolean;
  readonly words: Words;
  readonly lack: Lack | null;
  /** True for access files: grants that stay as they are can be thousands, and are counted, not listed. */
  readonly countsKept?: boolean;
}

/**
 * Reports the result of each grant, failures first: a line each, and an annotation for each that is not green and for a
 * failure that belongs to none of them. Returns whether the step is green.
 */
export function reportResults(results: readonly Result[], notes: ReportNotes): boolean {
  const { words, dryRun, wait, lack, countsKept = false } = notes;
  const sorted = worstFirst(countsKept ? results.filter((result) => !isAsBefore(result)) : results);
  const bad = sorted.filter((result) => !isGreen(result, wait));
  const good = sorted.filter((result) => isGreen(result, wait));
  const annotated = mostTelling(bad);
  const line = results.length === 1 ? lineOfOne(notes) : lineAmong(results, annotated, notes);
  const titleOf = (those: readonly Result[]): string => tally(those, dryRun);

  // The annotation of a single grant says everything.
  const lined = results.length === 1 ? bad.filter((result) => !annotated.has(result)) : bad;
  const notStarted = lined.filter((result) => !needsLook(result));
  const open = (count: number): number => (count > maxOpenLines ? 0 : maxOpenLines);
  logLines(lined.filter(needsLook), maxOpenFailures, line, titleOf);
  logLines(notStarted, open(notStarted.length), line, titleOf);
  // The plan has shown already what a dry run would do.
  if (!dryRun) logLines(good, open(sorted.length), line, titleOf);
  if (results.length > 1 && !dryRun) logWhatAllShare(results, notes);
  if (lack !== null) logError(`${product}: ${lack.title}`, [lack.reason, advice(lack.hint)]);
  for (const result of annotated) annotate(result, words);
  if (bad.length > maxAnnotations) log.info(notAnnotated(bad.length - maxAnnotations));
  warnOf(remarksIn(results, words, true));
  for (const id of leaseIdsIn(results)) log.info(releaseInLog(id));
  for (const text of leaseSentencesIn(results, words)) log.info(text);
  logTally(results, dryRun);
  return bad.length === 0 && lack === null;
}

/** Up to ten results, with as many different reasons as possible: ten failures of one kind do not hide another kind. */
function mostTelling(bad: readonly Result[]): ReadonlySet<Result> {
  const firsts = [...Map.groupBy(bad, reasonIn).values()].flatMap((those) => those.slice(0, 1));
  const chosen = new Set([...new Set([...firsts, ...bad])].slice(0, maxAnnotations));
  return new Set(bad.filter((result) => chosen.has(result)));
}

/** The last line, where people look first. */
function logTally(results: readonly Result[], dryRun: boolean): void {
  if (dryRun) log.info(dryRunEnded(tally(results, true)));
  else if (results.length === 0) log.info(`${nothingToDo}.`);
  else if (results.length > 1) log.info(ended(results.length, tally(results, false)));
}

/** The end, and the request IDs folded. */
function logWhatAllShare(results: readonly Result[], { words, dryRun }: ReportNotes): void {
  const end = endOfAll(results, words, dryRun);
  if (end !== null) log.info(end);
  const names = namesAmong(
    results.map(({ grant }) => grant),
    words,
  );
  const ids = results.flatMap(({ grant, outcome }) =>
    outcome.requestId === null ? [] : [`${names.of(grant)}: ${outcome.requestId}`],
  );
  if (ids.length > 0) logGroup(`${requestIds} (${several(ids.length, 'line')})`, ids);
}

/** A line each; those beyond `open` are folded. */
function logLines(
  results: readonly Result[],
  open: number,
  line: (result: Result) => string,
  titleOf: (those: readonly Result[]) => string,
): void {
  for (const result of results.slice(0, open)) log.info(line(result));
  const folded = results.slice(open);
  if (folded.length > 0) logGroup(titleOf(folded), folded.map(line));
}

function warnOf(remarks: readonly string[]): void {
  for (const remark of remarks.slice(0, maxAnnotations)) log.warning(remark);
  const more = remarks.slice(maxAnnotations);
  if (more.length > 0) logGroup(`${more.length} more warnings`, more);
}

function annotate({ grant, outcome }: Result, words: Words): void {
  if (outcome.status === 'SUCCEEDED') return;
  const hint = hintOf(outcome);
  logError(`${product}: ${outcome.status}`, [
    `${describeGrant(grant, words)}: ${outcome.reason}`,
    ...(outcome.requestId === null ? [] : [requestId(outcome.requestId)]),
    ...(hint === null ? [] : [advice(hint)]),
  ]);
}

function lineOfOne(notes: ReportNotes): (result: Result) => string {
  return (result) => {
    const { outcome, grant } = result;
    const begin = `${outcome.status}: ${describeGrant(grant, notes.words)}.`;
    const end = outcome.requestId === null ? [] : [`${requestId(outcome.requestId)}.`];
    if (outcome.status !== 'SUCCEEDED') return [begin, ...whyNot(result, notes), ...end].join(' ');
    return [begin, outcome.changed ? changed : alreadySo, ...endIn(result, notes), ...end].join(' ');
  };
}

/** Short lines: by the parts in which the grants differ. */
function lineAmong(
  results: readonly Result[],
  annotated: ReadonlySet<Result>,
  notes: ReportNotes,
): (result: Result) => string {
  const { words, dryRun } = notes;
  const names = namesAmong(
    results.map(({ grant }) => grant),
    words,
  );
  const isShared = endOfAll(results, words, dryRun) !== null;
  return (result) => {
    const { outcome, grant } = result;
    const begin = `${outcome.status}: ${names.of(grant)}.`;
    if (outcome.status !== 'SUCCEEDED')
      return [begin, ...(annotated.has(result) ? [] : whyNot(result, notes))].join(' ');
    return [begin, `${capital(becameOf(result, dryRun))}.`, ...(isShared ? [] : endIn(result, notes))].join(' ');
  };
}

function whyNot(result: Result, { wait }: ReportNotes): readonly string[] {
  const { outcome } = result;
  if (outcome.status === 'SUCCEEDED') return [];
  const hint = isGreen(result, wait) ? null : hintOf(outcome);
  return [sentence(outcome.reason), ...(hint === null ? [] : [advice(hint)])];
}

function endIn(result: Result, { words }: ReportNotes): readonly string[] {
  if (result.lease !== null) return [endInWords(result.lease, words)];
  return isMadePermanent(result) ? [nothingEndsIt] : [];
}
