import { isGreen, type Lack, type Result } from '#access/outcome';
import { Cancelled, CloudError, InputFaults, isInWords, Refusal, type InWords } from '#access/errors';
import { describeGrant, type Words } from '#access/grant';
import { endInWords, nothingEndsIt } from '#access/messages/lease-ends';
import { sentence, several } from '#access/words';
import { log, logError, logGroup } from '../log.ts';
import { faultBlocks, refusalBlocks } from './faults.ts';
import { hintOf, reasonIn } from './reasons.ts';
import { setFault, setRefused } from './outputs.ts';
import { writeResultsFile, type AuditContext } from './results.ts';
import { summarizeFailure, summarizeFaults } from './summary.ts';
import { isMadePermanent, leaseSentencesIn, needsLook, remarksIn, tally, worstFirst } from './tally.ts';

const product = 'cloud-access';

/** At most so many annotations; the platform keeps ten of each kind per step. */
const maxAnnotations = 10;
/** At most so many lines stand open; more of one kind are folded. */
const maxOpenLines = 20;
/** What failed stands open for longer. */
const maxOpenFailures = 100;
/** At most so many faults in one annotation, of which the platform keeps 4,096 characters. */
const maxFaultsInAnnotation = 20;

/** What to know besides the results to put them into words. */
export interface ReportNotes {
  readonly wait: boolean;
  readonly dryRun: boolean;
  readonly words: Words;
  readonly lack: Lack | null;
}

/**
 * Says how every grant ended, failures first: a line each, an annotation for each that is not green, and for what is
 * lacking besides. Returns whether all is well.
 */
export function reportResults(results: readonly Result[], notes: ReportNotes): boolean {
  const sorted = worstFirst(results);
  const bad = sorted.filter((result) => !isGreen(result, notes.wait));
  const good = sorted.filter((result) => isGreen(result, notes.wait));
  const annotated = mostTelling(bad);
  const line = (result: Result): string => lineOf(result, annotated.has(result), notes);
  const titleOf = (those: readonly Result[]): string => tally(those, notes.dryRun);

  const notStarted = bad.filter((result) => !needsLook(result));
  const open = (count: number): number => (count > maxOpenLines ? 0 : maxOpenLines);
  sayLines(bad.filter(needsLook), maxOpenFailures, line, titleOf);
  sayLines(notStarted, open(notStarted.length), line, titleOf);
  // Of a dry run the plan itself has said what would be done.
  if (!notes.dryRun) sayLines(good, open(results.length), line, titleOf);
  if (notes.lack !== null)
    logError(`${product}: ${notes.lack.title}`, [notes.lack.reason, `What to do: ${notes.lack.hint}`]);
  for (const result of annotated) annotate(result, notes.words);
  if (bad.length > maxAnnotations) {
    log.info(`${bad.length - maxAnnotations} more are not shown as annotations: each has its line above.`);
  }
  warnOf(remarksIn(results, notes.words, true));
  for (const sentence of leaseSentencesIn(results, notes.words)) log.info(sentence);
  sayTally(results, notes.dryRun);
  return bad.length === 0 && notes.lack === null;
}

/** Each reason once before any of them twice: what is in progress is not lost behind ten failures of one kind. */
function mostTelling(bad: readonly Result[]): ReadonlySet<Result> {
  const firsts = [...Map.groupBy(bad, reasonIn).values()].flatMap((those) => those.slice(0, 1));
  const chosen = new Set([...new Set([...firsts, ...bad])].slice(0, maxAnnotations));
  return new Set(bad.filter((result) => chosen.has(result)));
}

/** Last, where people look first. */
function sayTally(results: readonly Result[], dryRun: boolean): void {
  if (dryRun) log.info(`Dry run: ${tally(results, true) || 'nothing to do'}. Nothing was changed.`);
  else if (results.length === 0) log.info('Nothing had to be done.');
  else if (results.length > 1) log.info(`${results.length} grants: ${tally(results, false)}.`);
}

/** A line each, and what is too much folded. */
function sayLines(
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
  const id = outcome.requestId === null ? [] : [`Request id: ${outcome.requestId}`];
  const hint = hintOf(outcome);
  logError(`${product}: ${outcome.status}`, [
    `${describeGrant(grant, words)}: ${outcome.reason}`,
    ...id,
    ...(hint === null ? [] : [`What to do: ${hint}`]),
  ]);
}

function lineOf(result: Result, annotated: boolean, { wait, words }: ReportNotes): string {
  const { outcome } = result;
  const id = outcome.requestId === null ? '' : ` Request id ${outcome.requestId}.`;
  const begin = `${outcome.status}: ${describeGrant(result.grant, words)}.`;
  if (outcome.status === 'SUCCEEDED') {
    const end =
      result.lease === null
        ? isMadePermanent(result)
          ? ` ${nothingEndsIt}`
          : ''
        : ` ${endInWords(result.lease, words)}`;
    return `${begin} ${outcome.changed ? 'Changed.' : 'Nothing had to change.'}${end}${id}`;
  }
  if (annotated) return begin + id;
  const hint = isGreen(result, wait) ? null : hintOf(outcome);
  const advice = hint === null ? '' : ` What to do: ${hint}`;
  return `${begin} ${sentence(outcome.reason)}${advice}${id}`;
}

/** A step that ended without results: a user's fault, a cloud's answer and our bug each in its own words. */
export async function reportError(
  error: unknown,
  context: Omit<AuditContext, 'environment'>,
  folder: string | undefined,
): Promise<void> {
  if (error instanceof InputFaults) return reportFaults(error);
  if (error instanceof Refusal && error.of.length > 0) return reportRefusals(error, context, folder);
  const { title, lines } = inWords(error);
  const details = error instanceof Refusal ? error.details : [];
  const reason = lines[0] ?? title;
  // Of a bug nobody knows how far the step had come: what was set so far stays, and that nothing was changed is not said.
  if (isInWords(error)) setRefused(reason, writeResultsFile([], { ...context, environment: null }, folder));
  else setFault(reason);
  logError(`${product}: ${title}`, lines);
  if (details.length > maxOpenLines) logGroup('Details', details);
  else for (const detail of details) log.info(detail);
  await summarizeFailure(`${product}: ${title}`, lines, details);
}

/** What stands against the whole of it, a line each; the outputs have it in one text. */
async function reportRefusals(
  error: Refusal,
  context: Omit<AuditContext, 'environment'>,
  folder: string | undefined,
): Promise<void> {
  setRefused(error.message, writeResultsFile([], { ...context, environment: null }, folder));
  const blocks = refusalBlocks(error.of);
  const shown = blocks.slice(0, maxFaultsInAnnotation);
  const hidden = blocks.slice(maxFaultsInAnnotation).flat();
  const head = `${error.of.length} faults:`;
  logError(`${product}: nothing was changed`, [
    head,
    ...shown.flat(),
    ...(hidden.length > 0 ? ['and more: see the log'] : []),
  ]);
  const { details } = error;
  if (hidden.length > 0) logGroup('Further faults', hidden);
  if (details.length > maxOpenLines) logGroup('Details', details);
  else for (const detail of details) log.info(detail);
  await summarizeFailure(`${product}: nothing was changed`, [head, ...shown], [...hidden, ...details]);
}

/**
 * A post step that ended before it could give anything back: what main leased still stands. Outputs are main's alone.
 *
 * @param grants how many grants main holds leases of
 */
export async function reportNotReleased(error: unknown, grants: number): Promise<void> {
  const isFault = isInWords(error);
  const { title, lines } = isFault ? { title: 'nothing was given back', lines: linesOf(error) } : inWords(error);
  const leased = `What this step leased, ${several(grants, 'grant')},`;
  const stands = isFault ? `${leased} stands until something else ends it` : `${leased} may stand still`;
  const all = [
    ...lines,
    `${stands}: the main step’s log has each with its end.`,
    'End the access at once with a sweep, or with `operation: revoke`.',
  ];
  logError(`${product}: ${title}`, all);
  await summarizeFailure(`${product}: ${title}`, all, []);
}

function linesOf(error: InWords): readonly string[] {
  if (error instanceof InputFaults) return faultBlocks(error.faults).flat();
  if (error instanceof Refusal && error.of.length > 0) return refusalBlocks(error.of).flat();
  return error instanceof Cancelled ? [`${error.message}.`] : inWords(error).lines;
}

async function reportFaults(fault: InputFaults): Promise<void> {
  const { faults, message } = fault;
  const blocks = faultBlocks(faults);
  const more = faults.length - maxFaultsInAnnotation;
  setFault([message, ...blocks.flat()].join('\n'));
  logError(`${product}: ${message}`, [
    ...blocks.slice(0, maxFaultsInAnnotation).flat(),
    ...(more > 0 ? [`${more} more are in the log.`] : []),
  ]);
  if (more > 0) logGroup(`${more} more`, blocks.slice(maxFaultsInAnnotation).flat());
  await summarizeFaults(fault);
}

function inWords(error: unknown): { readonly title: string; readonly lines: readonly string[] } {
  if (error instanceof Refusal) {
    return { title: 'nothing was changed', lines: [error.message, `What to do: ${error.hint}`] };
  }
  if (error instanceof CloudError) {
    const { hint } = error.failure;
    return { title: 'nothing was changed', lines: [error.message, ...(hint === null ? [] : [`What to do: ${hint}`])] };
  }
  if (error instanceof Cancelled) {
    return { title: 'cancelled', lines: [`${error.message}. Nothing was changed.`] };
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  log.debug(error instanceof Error ? (error.stack ?? what) : what);
  return {
    title: 'internal error',
    lines: [
      `This is a bug in ${product}: ${what}`,
      'What to do: report it with the debug log of the step (re-run with debug logging on).',
    ],
  };
}
