import * as core from '@actions/core';
import { describeEndpoints, type EndpointSetting } from '#access/endpoints';
import type { Fault, InputFaults } from '#access/errors';
import { describeGrant, describeIdentities, type Words } from '#access/grant';
import { endInWords, nothingEndsIt } from '#access/messages/lease-ends';
import { isGreen, type Lack, type Result } from '#access/outcome';
import { capital } from '#access/words';
import { isAdvice, remedyLines } from './faults.ts';
import { headlineOf } from './headline.ts';
import {
  copied,
  detailsEnd,
  detailsHead,
  factRow,
  heading,
  labelled,
  paragraph,
  prose,
  strong,
  tableBegin,
  tableEnd,
  tableHead,
  tableRow,
  verbatim,
} from './html.ts';
import { createBoundedText, type BoundedText } from './bounded-text.ts';
import { hintOf, reasonsOf, type Reason } from './reasons.ts';
import { factsOf, layOut, type Column, type Fact } from './rows.ts';
import { fateOf, isMadePermanent, leaseSentencesIn, needsLook, remarksIn, tally, worstFirst } from './tally.ts';

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
  /** Whether the step waited for the end of what it began. */
  readonly wait: boolean;
  /** Nothing was done: it says what would be. */
  readonly dryRun: boolean;
  /** The plan's digest, empty where nobody asked for it. */
  readonly digest: string;
  /** What belongs to no grant that is known, and is not done. */
  readonly lack: Lack | null;
}

/** GitHub refuses a summary above 1 MiB: so much of it for what comes before the rows, and so much for the rows. */
const largestSummary = 900 * 1024;
const largestHead = 200 * 1024;
const largestRows = 500 * 1024;
/** At most so many rows stand open; more are folded, except for what a person has to look at. */
const maxOpenRows = 20;
const maxOpenFailures = 200;
/** At most so many reasons, sentences and lines of evidence each. */
const maxReasons = 30;
/** At most so many reasons stand open above the rows. */
const maxOpenReasons = 5;
const maxSentences = 50;
const maxDetails = 500;

/** What happened first, then why and what to do; after that the rows, the worst first, and what a person should know. */
export async function summarizeResults(results: readonly Result[], notes: SummaryNotes): Promise<void> {
  const { words, operation, dryRun, digest, reason, lack } = notes;
  const body = createBoundedText(largestHead);
  body.add(heading(headlineOf(results, words, dryRun, lack)));
  body.add(
    paragraph(
      `${words.cloud}: ${dryRun ? `plan for ${operation}` : operation}`,
      ...(reason === null ? [] : [`Reason: ${reason}`]),
      ...(dryRun ? ['This is a plan: nothing was changed.'] : []),
      ...(digest === '' ? [] : [`Plan digest: ${digest}`]),
    ),
  );
  if (lack !== null) body.add(paragraph(strong(lack.reason)) + paragraph(prose(`What to do: ${lack.hint}`)));
  const rows = createBoundedText(largestRows);
  const rest = createBoundedText(largestSummary - largestHead - largestRows);
  const [only, ...others] = results;
  if (only !== undefined && others.length === 0) addOnly(body, only, notes);
  const hidesIds = others.length > 0 && addMany({ body, rows, rest }, results, notes);
  addSentences(rest, [
    ...(results.length === 1 ? [] : remarksIn(results, words)),
    ...leaseSentencesIn(results, words),
    ...notes.notices,
    ...notes.remarks,
  ]);
  addSentences(rest, describeEndpoints(notes.endpoints));
  const grants = results.map(({ grant }) => grant);
  if (hidesIds) rest.add(folded('Names and ids', describeIdentities(grants, words)));
  await write(body.text() + rows.text() + rest.text());
}

/** Why and until when, then who, what and where. */
function addOnly(body: BoundedText, result: Result, { words, dryRun, wait }: SummaryNotes): void {
  const { outcome, lease } = result;
  if (outcome.status !== 'SUCCEEDED') {
    body.add(paragraph(strong(outcome.reason)));
    const hint = isGreen(result, wait) ? null : hintOf(outcome);
    if (hint !== null) body.add(paragraph(prose(`What to do: ${hint}`)));
  }
  // What is left to others, or to the cloud, says so in its sentences.
  if (lease !== null && fateOf(result) !== 'released') body.add(paragraph(strong(endInWords(lease, words))));
  if (!dryRun && isMadePermanent(result)) body.add(paragraph(strong(nothingEndsIt)));
  if (outcome.status === 'SUCCEEDED' && outcome.remark !== null) body.add(paragraph(prose(outcome.remark)));
  const row = ({ title, value }: Fact): string => factRow(title, value);
  body.addBetween(tableBegin, factsOf(result, words, dryRun), row, tableEnd);
}

/** Returns whether there are names whose ids are not to be seen yet. */
function addMany(
  { body, rows, rest }: Readonly<Record<'body' | 'rows' | 'rest', BoundedText>>,
  results: readonly Result[],
  notes: SummaryNotes,
): boolean {
  const { words } = notes;
  addReasons(body, results, words);
  const layout = layOut(results, words, notes.dryRun);
  const shared = layout.shared.map(({ title, value }) => labelled(`${title}: `, value));
  if (shared.length > 0) body.add(paragraph(...shared));
  const left = addTables(rows, results, layout.columns, notes.dryRun);
  if (left > 0) rest.add(paragraph(`${left} more rows do not fit here: results-file has all.`));
  return layout.hidesIds;
}

interface Tables {
  readonly open: readonly Result[];
  /** By title. */
  readonly folded: readonly (readonly [title: string, results: readonly Result[]])[];
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

/** Why, once for all grants that it concerns, before any row: the first ones open. */
function addReasons(body: BoundedText, results: readonly Result[], words: Words): void {
  const reasons = reasonsOf(worstFirst(results));
  const open = reasons.length <= maxOpenReasons + 1 ? reasons : reasons.slice(0, maxOpenReasons);
  let shown = 0;
  for (const reason of open) if (body.add(reasonMarkup(reason, words))) shown += 1;
  const further = reasons.slice(open.length, maxReasons);
  if (further.length > 0) {
    const render = (reason: Reason): string => reasonMarkup(reason, words);
    const title = `${further.length} more reasons`;
    shown += further.length - body.addBetween(detailsHead(title), further, render, detailsEnd);
  }
  const more = reasons.length - shown;
  if (more > 0) body.add(paragraph(`${more} more reasons do not fit here: results-file has all.`));
}

function reasonMarkup({ text, hint, grants: [first, ...others] }: Reason, words: Words): string {
  if (first === undefined) return '';
  const whom = others.length === 0 ? capital(describeGrant(first, words)) : `${others.length + 1} grants`;
  return paragraph(strong(`${whom}: `, text), ...(hint === null ? [] : [prose(`What to do: ${hint}`)]));
}

function addSentences(body: BoundedText, sentences: readonly string[]): void {
  for (const sentence of sentences.slice(0, maxSentences)) body.add(paragraph(prose(sentence)));
  const more = sentences.length - maxSentences;
  if (more > 0) body.add(paragraph(`and ${more} more: the log has all.`));
}

/** Lines of evidence behind a title, as far as they are shown. */
function folded(title: string, lines: readonly string[]): string {
  return detailsHead(title) + verbatim(upToMost(lines)) + detailsEnd;
}

function upToMost(lines: readonly string[]): readonly string[] {
  const more = lines.length - maxDetails;
  return [...lines.slice(0, maxDetails), ...(more > 0 ? [`and ${more} more: the log has all`] : [])];
}

/** The faults of the inputs, one row each. */
export async function summarizeFaults({ message, faults }: InputFaults): Promise<void> {
  const body = createBoundedText(largestSummary);
  body.add(heading(`❌ cloud-access: ${message}`));
  const head = tableHead(['Input', 'Problem', 'Remedy']);
  const row = (fault: Fault): string =>
    tableRow([fault.input, fault.problem, isAdvice(fault) ? remedyLines(fault).join(' ') : copied(remedyLines(fault))]);
  const left = body.addBetween(head, faults, row, tableEnd);
  if (left > 0) body.add(paragraph(`${left} more do not fit here: the log has all.`));
  await write(body.text());
}

/**
 * A failure before there was any grant to speak of.
 *
 * @param lines those that belong together as one
 */
export async function summarizeFailure(
  title: string,
  lines: readonly (string | readonly string[])[],
  evidence: readonly string[],
): Promise<void> {
  const body = createBoundedText(largestSummary);
  body.add(heading(`❌ ${title}`));
  for (const line of lines) body.add(paragraph(...[line].flat().map(prose)));
  if (evidence.length > maxOpenRows) body.add(folded(`${evidence.length} details`, evidence));
  else if (evidence.length > 0) body.add(verbatim(evidence));
  await write(body.text());
}

/** A summary that cannot be written is no reason to fail: the log has said it all. */
async function write(markup: string): Promise<void> {
  try {
    await core.summary.addRaw(markup).write();
  } catch (error) {
    core.debug(`The job summary could not be written: ${String(error)}`);
  }
}
