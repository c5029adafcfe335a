import { Cancelled, CloudError, InputFaults, isInWords, Refusal, type InWords } from '#access/errors';
import { moreInLog } from '#access/messages/plans';
import { log, logError, logGroup } from '../log.ts';
import * as messages from '../messages/failures.ts';
import { advice, product } from '../messages/report.ts';
import { summarizeFailure, summarizeFaults, summarizeRefusals, type FailedRun } from './failure-summary.ts';
import { faultBlocks, fold, isLong, refusalBlocks } from './faults.ts';
import { advised } from './html.ts';
import { failureMessage } from './sentence.ts';
import { setFault, setRefused } from './outputs.ts';
import { writeResultsFile, type AuditContext } from './results.ts';

/** The run, and what its step was asked for as far as that is known. */
type FailedStep = Omit<AuditContext, 'environment'> & FailedRun;

/** A failure in a few words, in a sentence or two, and what to do about it. */
interface Failure {
  readonly title: string;
  readonly text: string;
  readonly hint: string | null;
}

/** Reports a step that ended without results: a fault of the user, an answer of a cloud, or a bug of this action. */
export async function reportError(error: unknown, step: FailedStep, folder: string | undefined): Promise<void> {
  if (error instanceof InputFaults) return reportFaults(error, step);
  if (error instanceof Refusal && error.of.length > 0) return reportRefusals(error, step, folder);
  const { title, text, hint } = failureOf(error);
  const details = error instanceof Refusal ? error.details : [];
  // How far the step came before a bug is unknown: outputs that were set stay, and none says that nothing was changed.
  const message = failureMessage(title, text, step);
  if (isInWords(error)) setRefused(text, message, writeResultsFile([], { ...step, environment: null }, folder));
  else setFault(text, message);
  logError(`${product}: ${title}`, [text, ...(hint === null ? [] : [advice(hint)])]);
  logDetails(details);
  await summarizeFailure(`${product}: ${title}`, [text, ...(hint === null ? [] : [advised(hint)])], details, step);
}

/** Reports several refusals, as a list; the outputs have them in one text. */
async function reportRefusals(error: Refusal, step: FailedStep, folder: string | undefined): Promise<void> {
  const message = failureMessage(messages.nothingChanged, error.message, step);
  setRefused(error.message, message, writeResultsFile([], { ...step, environment: null }, folder));
  const title = `${product}: ${messages.nothingChanged}`;
  logFaults(title, [messages.faultCount(error.of.length)], refusalBlocks(error.of));
  logDetails(error.details);
  await summarizeRefusals(title, error.of, error.details, step);
}

/** An annotation with the first faults; the log has the others. @param head lines before them */
function logFaults(title: string, head: readonly string[], blocks: readonly (readonly string[])[]): void {
  const { open, further } = fold(blocks);
  logError(title, [...head, ...open.flat(), ...(further.length > 0 ? [moreInLog(further.length)] : [])]);
  if (further.length > 0) logGroup(messages.furtherFaultsTitle(further.length), further.flat());
}

function logDetails(details: readonly string[]): void {
  if (isLong(details)) logGroup(messages.details, details);
  else for (const detail of details) log.info(detail);
}

/**
 * Reports a post step that ended before it could release anything. Outputs belong to the main step.
 *
 * @param grants how many grants the main step leased
 */
export async function reportNotReleased(error: unknown, grants: number, run: FailedRun): Promise<void> {
  const isFault = isInWords(error);
  const { title, lines } = isFault
    ? { title: messages.nothingReleased, lines: linesOf(error) }
    : { title: messages.internalError, lines: linesIn(failureOf(error)) };
  const all = [...lines, messages.leasesLeft(grants, isFault), messages.endNow];
  logError(`${product}: ${title}`, all);
  await summarizeFailure(`${product}: ${title}`, all, [], run);
}

function linesOf(error: InWords): readonly string[] {
  if (error instanceof InputFaults) return faultBlocks(error.faults).flat();
  if (error instanceof Refusal && error.of.length > 0) return refusalBlocks(error.of).flat();
  return error instanceof Cancelled ? [`${error.message}.`] : linesIn(failureOf(error));
}

function linesIn({ text, hint }: Failure): readonly string[] {
  return [text, ...(hint === null ? [] : [advice(hint)])];
}

async function reportFaults(fault: InputFaults, run: FailedStep): Promise<void> {
  const { faults, message } = fault;
  const lines = faultBlocks(faults);
  const all = [message, ...lines.flat()];
  setFault(all.join('\n'), failureMessage(messages.nothingChanged, all.join(' '), run));
  logFaults(`${product}: ${message}`, [], lines);
  await summarizeFaults(fault, run);
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return { title: messages.nothingChanged, text: error.message, hint: error.hint };
  if (error instanceof CloudError)
    return { title: messages.nothingChanged, text: error.message, hint: error.failure.hint };
  if (error instanceof Cancelled)
    return { title: messages.canceled, text: messages.canceledUnchanged(error.message), hint: null };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  log.debug(error instanceof Error ? (error.stack ?? what) : what);
  return { title: messages.internalError, text: messages.bug(what), hint: messages.reportBug };
}
