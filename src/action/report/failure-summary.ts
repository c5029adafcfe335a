import type { Fault, InputFaults, Refusal } from '#access/errors';
import { moreInLog } from '#access/messages/plans';
import { furtherFaultsTitle } from '../messages/failures.ts';
import { details, product } from '../messages/report.ts';
import { fold, isAdvice, isLong, remedyLines } from './faults.ts';
import {
  advised,
  copied,
  detailsEnd,
  detailsHead,
  firstLines,
  foldedLines,
  heading,
  listBegin,
  listEnd,
  listItem,
  paragraph,
  prose,
  strong,
  type Markup,
} from './html.ts';
import { addFacts, runFacts, type Run } from './run-facts.ts';
import { createBoundedText, writeSummary, type BoundedText } from './summary-file.ts';

/** The run of a step that failed early: the environment is in its ID token, which it might not have. */
export type FailedRun = Omit<Run, 'environment'>;

/** Bytes, of the 1 MiB that GitHub accepts: of the list, of the evidence below it, and of the facts about the run. */
const largestList = 500 * 1024;
const largestRest = 300 * 1024;
const largestFacts = 50 * 1024;

/** The faults of the inputs, as a list. */
export async function summarizeFaults({ message, faults }: InputFaults, run: FailedRun): Promise<void> {
  const body = createBoundedText(largestList);
  body.add(heading(`❌ ${product}: ${message}`));
  addList(body, faults, faultMarkup);
  await finish(body, [], run);
}

function faultMarkup(fault: Fault): string {
  const lines = remedyLines(fault);
  const text = strong(`${fault.input}: `, fault.problem);
  if (isAdvice(fault)) return listItem({ html: `${text.html} ${prose(lines.join(' ')).html}` });
  return listItem(
    lines.length === 1 ? text : { html: text.html + copied(lines).html },
    ...(lines.length === 1 ? [copied(lines)] : []),
  );
}

/** Several refusals, as a list: those with the same hint are one entry. */
export async function summarizeRefusals(
  title: string,
  refusals: readonly Refusal[],
  evidence: readonly string[],
  run: FailedRun,
): Promise<void> {
  const body = createBoundedText(largestList);
  body.add(heading(`❌ ${title}`));
  const entries = [...Map.groupBy(refusals, ({ hint }) => hint)];
  addList(body, entries, ([hint, those]) => listItem(...new Set(those.map(({ message }) => message)), advised(hint)));
  await finish(body, evidence, run);
}

/** A failure before any grant was known. */
export async function summarizeFailure(
  title: string,
  lines: readonly (string | Markup)[],
  evidence: readonly string[],
  run: FailedRun,
): Promise<void> {
  const body = createBoundedText(largestList);
  body.add(heading(`❌ ${title}`));
  for (const line of lines) body.add(paragraph(typeof line === 'string' ? prose(line) : line));
  await finish(body, evidence, run);
}

/** The first entries open, the others folded. */
function addList<T>(body: BoundedText, entries: readonly T[], render: (entry: T) => string): void {
  const { open, further } = fold(entries);
  let left = body.addBetween(listBegin, open, render, listEnd);
  if (further.length > 0) {
    const title = detailsHead(furtherFaultsTitle(further.length)) + listBegin;
    left += body.addBetween(title, further, render, listEnd + detailsEnd);
  }
  if (left > 0) body.add(paragraph(moreInLog(left)));
}

async function finish(body: BoundedText, evidence: readonly string[], run: FailedRun): Promise<void> {
  const rest = createBoundedText(largestRest);
  const facts = createBoundedText(largestFacts);
  if (isLong(evidence)) rest.add(foldedLines(details(evidence.length), evidence));
  else if (evidence.length > 0) rest.add(firstLines(evidence));
  addFacts(facts, runFacts({ ...run, environment: null }));
  await writeSummary(body.text() + rest.text() + facts.text());
}
