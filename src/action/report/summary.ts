import type { Portal } from '#access/cloud';
import { describeEndpoints, type EndpointSetting } from '#access/endpoints';
import { describeIdentities, type Words } from '#access/grant';
import { namesAmong, nounAndShortName, type GrantNames } from '#access/grant-names';
import { moreInLog, namesAndIds } from '#access/messages/plans';
import { isGreen, worstStatus, type Lack, type Result } from '#access/outcome';
import { capital, several } from '#access/words';
import * as messages from '../messages/report.ts';
import {
  advised,
  detailsEnd,
  detailsHead,
  foldedLines,
  heading,
  link,
  listBegin,
  listEnd,
  listItem,
  nameBesideId,
  paragraph,
  plain,
  prose,
  strong,
  tableEnd,
  tableHead,
  tableRow,
  verbatim,
  type Markup,
} from './html.ts';
import { hintOf, reasonsOf, type Reason } from './reasons.ts';
import { endOfAll, layOut, partFacts, requestFacts, type Column } from './rows.ts';
import { addFacts, runFacts, type Fact, type Run } from './run-facts.ts';
import { createBoundedText, writeSummary, type BoundedText } from './summary-file.ts';
import {
  becameOf,
  fateOf,
  isAsBefore,
  leaseIdsIn,
  leaseSentencesIn,
  needsLook,
  remarksIn,
  signOf,
  signOfAll,
  tally,
  worstFirst,
} from './tally.ts';

/** Contents of the summary besides the results. */
export interface SummaryNotes {
  readonly words: Words;
  /** The request, a line each; empty in a post step, which has none. */
  readonly request: readonly string[];
  readonly run: Run;
  /** Where the principals sign in, `null` where that is not certain. */
  readonly portal: Portal | null;
  /** The input `reason`, `null` where it is not set. */
  readonly reason: string | null;
  readonly endpoints: readonly EndpointSetting[];
  /** Sentences such as how long open sessions can last. */
  readonly remarks: readonly string[];
  /** Sentences about what was left out of the request, and what could not be read. */
  readonly notices: readonly string[];
  /** True if the step waited for the end of the changes that it started. */
  readonly wait: boolean;
  readonly dryRun: boolean;
  /** What access files add; left out where inputs name the grants. */
  readonly files?: OfFiles;
  /** The plan's digest, empty where it was not requested. */
  readonly digest: string;
  /** A failure that belongs to none of the grants. */
  readonly lack: Lack | null;
  readonly release: Releasing | null;
}

/** Contents of the summary of access files. Grants that stay as they are can be thousands: they are counted, not listed. */
interface OfFiles {
  /** Number of assignments inside `owns` that no row has and that stay; `null` where that is unknown. */
  readonly extraLeft: number | null;
}

/** The ways to release the lease of this step later. */
interface Releasing {
  /** The workflow's file name in `setup/workflows`. */
  readonly workflow: string;
  /** As `gh` takes it. */
  readonly repository: string;
}

/** Bytes, of the 1 MiB that GitHub accepts: of the whole summary, of the reasons, of the facts, and of the rows. */
const largestSummary = 900 * 1024;
const largestHead = 200 * 1024;
const largestFacts = 50 * 1024;
const largestRows = 500 * 1024;
/** More rows than this are folded, except those that need a look. */
const maxOpenRows = 20;
const maxOpenFailures = 200;
const maxReasons = 30;
/** More reasons than this are folded. */
const maxOpenReasons = 5;
const maxSentences = 50;

/** Writes the summary: what happened and until when, then why and what to do, then the facts, the rows and the rest. */
export async function summarizeResults(all: readonly Result[], notes: SummaryNotes): Promise<void> {
  const { words, dryRun, lack, files } = notes;
  const body = createBoundedText(largestHead);
  const facts = createBoundedText(largestFacts);
  const rows = createBoundedText(largestRows);
  const rest = createBoundedText(largestSummary - largestHead - largestFacts - largestRows);
  const results = files === undefined ? all : all.filter((result) => !isAsBefore(result));
  const grants = results.map(({ grant }) => grant);
  const layout = layOut(results, words, dryRun);
  const [only, ...others] = results;
  const single = others.length === 0 ? only : undefined;
  body.add(
    heading(files === undefined ? headlineOf(results, words, dryRun, lack) : headlineOfFiles(all, files, notes)),
  );
  if (dryRun) body.add(paragraph(messages.planOnly));
  if (lack !== null) body.add(paragraph(lack.reason, advised(lack.hint)));
  const end = endOfAll(results, words, dryRun);
  if (end !== null) body.add(paragraph(strong(end)));
  if (single === undefined) addReasons(body, results, namesAmong(grants, words));
  else addReason(body, single, notes);
  const parts = single === undefined ? layout.shared : partFacts(single, words);
  addFacts(facts, [...parts, ...factsOf(notes), ...(single === undefined ? [] : requestFacts(single, dryRun))]);
  if (single === undefined && results.length > 0) {
    const left = addTables(rows, results, layout.columns, dryRun);
    if (left > 0) rest.add(paragraph(messages.noRoomForRows(left)));
  }
  addRelease(rest, results, notes);
  addSentences(rest, [
    ...(single === undefined ? remarksIn(results, words) : []),
    ...leaseSentencesIn(results, words),
    ...notes.notices,
    ...notes.remarks,
  ]);
  addSentences(rest, describeEndpoints(notes.endpoints));
  if (single === undefined && layout.hidesIds) rest.add(foldedLines(namesAndIds, describeIdentities(grants, words)));
  if (notes.request.length > 0) rest.add(foldedLines(messages.requestTo(words.cloud), notes.request));
  await writeSummary(body.text() + facts.text() + rows.text() + rest.text());
}

/** All counts, without names: a file has many. */
function headlineOfFiles(
  results: readonly Result[],
  { extraLeft }: OfFiles,
  { dryRun, lack }: Pick<SummaryNotes, 'dryRun' | 'lack'>,
): string {
  const counts = [
    ...(results.length === 0 ? [] : [tally(results, dryRun)]),
    ...(extraLeft === null || extraLeft === 0 ? [] : [messages.extraLeft(extraLeft)]),
  ].join(', ');
  if (lack !== null) return `${signOf('FAILED', dryRun)}${[lack.title, counts].filter(Boolean).join(': ')}`;
  const sign = signOf(worstStatus(results), dryRun);
  if (counts !== '') return sign + capital(counts);
  return dryRun ? messages.nothingPlanned : sign + messages.nothingToDo;
}

/** The first line of a summary: what happened, to whom and where. Long IDs are left to the lines below. */
function headlineOf(results: readonly Result[], words: Words, dryRun: boolean, lack: Lack | null): string {
  const count = several(results.length, 'grant');
  if (lack !== null) return `${signOf('FAILED', dryRun)}${lack.title}: ${count}, ${tally(results, dryRun)}`;
  const sign = signOfAll(results, dryRun);
  const [only, ...others] = results;
  if (only === undefined) return dryRun ? messages.nothingPlanned : `${sign}${messages.nothingToDo}`;
  const grants = results.map(({ grant }) => grant);
  const { all } = namesAmong(grants, words, nounAndShortName);
  if (others.length === 0) return `${sign}${capital(becameOf(only, dryRun))}: ${all}`;
  return `${sign}${tally(results, dryRun)}: ${all}`;
}

function factsOf({ reason, portal, digest, run }: SummaryNotes): readonly Fact[] {
  return [
    ...(reason === null ? [] : [{ title: 'Reason', value: plain(reason) }]),
    ...(portal === null ? [] : [{ title: 'Sign in', value: linkTo(portal) }]),
    ...runFacts(run),
    ...(digest === '' ? [] : [{ title: 'Plan digest', value: nameBesideId('', null, digest) }]),
  ];
}

function linkTo({ address, isDefault }: Portal): Markup {
  return { html: link(address, address).html + plain(isDefault ? messages.defaultPortal : '').html };
}

/** Why the only grant did not succeed, and what to do; or the remark on its success. */
function addReason(body: BoundedText, result: Result, { wait }: SummaryNotes): void {
  const { outcome } = result;
  if (outcome.status === 'SUCCEEDED') {
    if (outcome.remark !== null) body.add(paragraph(prose(outcome.remark)));
    return;
  }
  body.add(paragraph(outcome.reason));
  const hint = isGreen(result, wait) ? null : hintOf(outcome);
  if (hint !== null) body.add(paragraph(advised(hint)));
}

/** Each reason once for all grants that it concerns; the first ones open. */
function addReasons(body: BoundedText, results: readonly Result[], names: GrantNames): void {
  const reasons = reasonsOf(worstFirst(results));
  if (reasons.length === 0) return;
  const render = (reason: Reason): string => reasonMarkup(reason, names);
  const open = reasons.length <= maxOpenReasons + 1 ? reasons : reasons.slice(0, maxOpenReasons);
  let left = body.addBetween(listBegin, open, render, listEnd) + Math.max(0, reasons.length - maxReasons);
  const further = reasons.slice(open.length, maxReasons);
  if (further.length > 0) {
    left += body.addBetween(
      detailsHead(messages.moreReasons(further.length)) + listBegin,
      further,
      render,
      listEnd + detailsEnd,
    );
  }
  if (left > 0) body.add(paragraph(messages.noRoomForReasons(left)));
}

function reasonMarkup({ text, hint, grants: [first, ...others] }: Reason, names: GrantNames): string {
  if (first === undefined) return '';
  const whom = others.length === 0 ? capital(names.of(first)) : several(others.length + 1, 'grant');
  return listItem(strong(`${whom}: `, text), ...(hint === null ? [] : [advised(hint)]));
}

/** Returns how many rows did not fit. */
function addTables(body: BoundedText, results: readonly Result[], columns: readonly Column[], dryRun: boolean): number {
  const { open, folded } = arrange(worstFirst(results), dryRun);
  const head = tableHead(columns.map(({ title }) => title));
  const row = (result: Result): string => tableRow(columns.map(({ cell }) => cell(result)));
  let left = open.length === 0 ? 0 : body.addBetween(head, open, row, tableEnd);
  for (const [title, those] of folded) {
    left += body.addBetween(detailsHead(title) + head, those, row, tableEnd + detailsEnd);
  }
  return left;
}

interface Tables {
  readonly open: readonly Result[];
  readonly folded: readonly (readonly [title: string, results: readonly Result[]])[];
}

/** @param results the worst first */
function arrange(results: readonly Result[], dryRun: boolean): Tables {
  const kept = (result: Result): boolean => dryRun && fateOf(result) === 'unchanged';
  const main = results.filter((result) => !kept(result));
  const aside = results.filter(kept);
  const bad = main.filter(needsLook);
  const open = main.length <= maxOpenRows ? main : bad.slice(0, maxOpenFailures);
  const rest = main.slice(open.length);
  return {
    open,
    folded: [
      ...(rest.length === 0 ? [] : [[tally(rest, dryRun), rest] as const]),
      ...(aside.length === 0 ? [] : [[tally(aside, dryRun), aside] as const]),
    ],
  };
}

/** Where a lease outlives its job: its ID and the command, each to be copied as a whole. */
function addRelease(body: BoundedText, results: readonly Result[], { release }: SummaryNotes): void {
  const ids = leaseIdsIn(results);
  if (ids.length === 0) return;
  body.add(paragraph(prose(messages.releaseWithId)) + ids.map((id) => verbatim([id])).join(''));
  if (release === null) return;
  const { workflow, repository } = release;
  const commands = ids.map((id) => messages.releaseCommand(workflow, repository, id));
  body.add(paragraph(prose(messages.releaseWithWorkflow(workflow))) + verbatim(commands));
}

function addSentences(body: BoundedText, sentences: readonly string[]): void {
  for (const sentence of sentences.slice(0, maxSentences)) body.add(paragraph(prose(sentence)));
  const more = sentences.length - maxSentences;
  if (more > 0) body.add(paragraph(moreInLog(more)));
}
