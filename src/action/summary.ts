import * as core from '@actions/core';
import { describeEndpoints, type EndpointSetting } from '../access/endpoints.ts';
import type { Fault } from '../access/errors.ts';
import { describeGrant, type Words } from '../access/grant.ts';
import type { Result } from '../access/outcome.ts';
import { capital } from '../access/words.ts';
import { detailsEnd, detailsHead, heading, paragraph, strong, tableEnd, tableHead, tableRow } from './html.ts';
import { createPaper, type Paper } from './paper.ts';
import { reasonsOf, type Reason } from './reasons.ts';
import { columnsOf } from './rows.ts';
import { fateOf, leaseSentencesIn, needsLook, remarksIn, tally, worstFirst } from './tally.ts';

/** What the summary says besides the table. */
export interface SummaryNotes {
  readonly operation: string;
  readonly words: Words;
  /** As the step was told, `null` where it was not. */
  readonly reason: string | null;
  readonly endpoints: readonly EndpointSetting[];
  /** Sentences such as how long open sessions can last. */
  readonly remarks: readonly string[];
  /** What was left out of the request, and what could not be asked. */
  readonly notices: readonly string[];
  /** Nothing was done: it says what would be. */
  readonly dryRun: boolean;
  /** The plan's digest, empty where nobody asked for it. */
  readonly digest: string;
}

/** GitHub refuses a summary above 1 MiB; so much is left for what follows the rows. */
const largestSummary = 900 * 1024;
const largestRows = 700 * 1024;
/** At most so many rows stand open; more are folded, except for what a person has to look at. */
const maxOpenRows = 20;
const maxOpenFailures = 200;
/** At most so many reasons, sentences and lines of evidence each. */
const maxReasons = 30;
const maxSentences = 50;
const maxDetails = 500;

/** What happened, counts first, failures before the rest, and under it what a person should know. */
export async function summarizeResults(results: readonly Result[], notes: SummaryNotes): Promise<void> {
  const { words, operation, dryRun } = notes;
  const paper = createPaper(largestRows);
  paper.add(heading(`${words.cloud}: ${dryRun ? `plan for ${operation}` : operation}`));
  for (const line of introOf(results, notes)) paper.add(line);
  addTables(paper, results, notes);
  const rest = createPaper(largestSummary - largestRows);
  if (results.length === 1) for (const line of linesOf(results)) rest.add(paragraph(line));
  else addReasons(rest, results, words);
  addSentences(rest, [
    ...remarksIn(results, words),
    ...leaseSentencesIn(results, words),
    ...notes.notices,
    ...notes.remarks,
  ]);
  addSentences(rest, describeEndpoints(notes.endpoints));
  await write(paper.text() + rest.text());
}

function introOf(results: readonly Result[], { dryRun, digest, reason }: SummaryNotes): readonly string[] {
  const counts = results.length > 1 || dryRun ? [strong(tally(results, dryRun) || 'nothing to do')] : [];
  return [
    ...(reason === null ? [] : [paragraph(`Reason: ${reason}`)]),
    ...counts,
    ...(results.length === 0 && !dryRun ? [strong('Nothing had to be done.')] : []),
    ...(dryRun ? [paragraph('This is a plan: nothing was changed.')] : []),
    ...(digest === '' ? [] : [paragraph(`Plan digest: ${digest}`)]),
  ];
}

interface Tables {
  readonly open: readonly Result[];
  /** By title. */
  readonly folded: readonly (readonly [title: string, results: readonly Result[]])[];
}

function addTables(paper: Paper, results: readonly Result[], notes: SummaryNotes): void {
  const { open, folded } = arrange(worstFirst(results), notes.dryRun);
  const columns = columnsOf(results, notes.words, notes.dryRun);
  const head = tableHead(columns.map(({ title }) => title));
  const row = (result: Result): string => tableRow(columns.map(({ cell }) => cell(result)));
  let left = open.length === 0 ? 0 : paper.addBetween(head, open, row, tableEnd);
  for (const [title, those] of folded) {
    left += paper.addBetween(detailsHead(title) + head, those, row, tableEnd + detailsEnd);
  }
  if (left > 0) paper.add(paragraph(`${left} more rows do not fit here: results-file has all.`));
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

/** Of the only grant there is. */
function linesOf(results: readonly Result[]): readonly string[] {
  return results.flatMap(({ outcome }) =>
    outcome.status === 'SUCCEEDED'
      ? []
      : [outcome.reason, ...(outcome.hint === null ? [] : [`What to do: ${outcome.hint}`])],
  );
}

/** Why, once for all grants that it concerns. */
function addReasons(paper: Paper, results: readonly Result[], words: Words): void {
  const reasons = reasonsOf(worstFirst(results));
  let shown = 0;
  for (const reason of reasons.slice(0, maxReasons)) {
    if (!paper.add(reasonMarkup(reason, words))) break;
    shown += 1;
  }
  const more = reasons.length - shown;
  if (more > 0) paper.add(paragraph(`${more} more reasons do not fit here: results-file has all.`));
}

function reasonMarkup({ text, hint, grants: [first, ...others] }: Reason, words: Words): string {
  if (first === undefined) return '';
  const whom = others.length === 0 ? capital(describeGrant(first, words)) : `${others.length + 1} grants`;
  return strong(`${whom}: `, text) + (hint === null ? '' : paragraph(`What to do: ${hint}`));
}

function addSentences(paper: Paper, sentences: readonly string[]): void {
  for (const sentence of sentences.slice(0, maxSentences)) paper.add(paragraph(sentence));
  const more = sentences.length - maxSentences;
  if (more > 0) paper.add(paragraph(`and ${more} more: the log has all.`));
}

/** The faults of the inputs, one row each. */
export async function summarizeFaults(faults: readonly Fault[]): Promise<void> {
  const paper = createPaper(largestSummary);
  paper.add(heading('cloud-access: nothing was done, inputs are wrong'));
  const head = tableHead(['Input', 'What is wrong', 'A correct example']);
  const row = ({ input, problem, example }: Fault): string => tableRow([input, problem, example]);
  const left = paper.addBetween(head, faults, row, tableEnd);
  if (left > 0) paper.add(paragraph(`${left} more do not fit here: the log has all.`));
  await write(paper.text());
}

/** A failure before there was any grant to speak of. */
export async function summarizeFailure(
  title: string,
  lines: readonly string[],
  evidence: readonly string[],
): Promise<void> {
  const paper = createPaper(largestSummary);
  paper.add(heading(title));
  for (const line of lines) paper.add(paragraph(line));
  const shown = evidence.slice(0, maxDetails);
  const more = evidence.length - shown.length;
  const all = [...shown, ...(more > 0 ? [`and ${more} more: the log has all`] : [])];
  const markup = paragraph(...all);
  if (all.length > maxOpenRows) paper.add(detailsHead(`${evidence.length} details`) + markup + detailsEnd);
  else if (all.length > 0) paper.add(markup);
  await write(paper.text());
}

/** A summary that cannot be written is no reason to fail: the log has said it all. */
async function write(markup: string): Promise<void> {
  try {
    await core.summary.addRaw(markup).write();
  } catch (error) {
    core.debug(`The job summary could not be written: ${String(error)}`);
  }
}
