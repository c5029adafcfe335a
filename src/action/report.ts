import { isGreen, type Result } from '../access/outcome.ts';
import { CloudError, InputFaults, Refusal } from '../access/errors.ts';
import { describeGrant, type Words } from '../access/grant.ts';
import { log, logError, logGroup } from './log.ts';
import { setFault, setRefused } from './outputs.ts';
import { writeResultsFile } from './results.ts';
import type { RunContext } from './run-context.ts';
import { summarizeFailure, summarizeFaults } from './summary.ts';

const product = 'cloud-access';

/** At most so many annotations; the platform keeps ten of each kind per step. */
const maxAnnotations = 10;

/** Says how every grant ended: a line each, an annotation for each that is not green. Returns whether all are. */
export function reportResults(results: readonly Result[], wait: boolean, words: Words): boolean {
  const bad = results.filter((result) => !isGreen(result, wait));
  for (const result of results)
    log.info(`${result.outcome.status}: ${describeGrant(result.grant, words)}. ${aftermath(result, wait)}`);
  for (const { outcome } of results) {
    if (outcome.status === 'SUCCEEDED' && outcome.remark !== null) log.warning(outcome.remark);
  }
  for (const { grant, outcome } of bad.slice(0, maxAnnotations)) {
    if (outcome.status === 'SUCCEEDED') continue;
    const id = outcome.requestId === null ? [] : [`Request id: ${outcome.requestId}`];
    const hint = outcome.hint ?? (outcome.status === 'IN_PROGRESS' ? goesOn(outcome.requestId) : null);
    logError(`${product}: ${outcome.status}`, [
      `${describeGrant(grant, words)}: ${outcome.reason}`,
      ...id,
      ...(hint === null ? [] : [`What to do: ${hint}`]),
    ]);
  }
  if (bad.length > maxAnnotations) log.info(`${bad.length - maxAnnotations} more are not shown as annotations.`);
  return bad.length === 0;
}

function goesOn(requestId: string | null): string {
  return requestId === null
    ? 'It is not known whether the change took place. Run the step again: it looks first, and adopts what it finds.'
    : 'The change goes on without us. Run the step again: it adopts what is in progress. A longer `timeout` waits longer.';
}

function aftermath(result: Result, wait: boolean): string {
  const { outcome } = result;
  const id = outcome.requestId === null ? '' : ` Request id ${outcome.requestId}.`;
  switch (outcome.status) {
    case 'SUCCEEDED':
      return `${outcome.changed ? 'Changed.' : 'Nothing had to change.'}${id}`;
    case 'IN_PROGRESS':
    case 'FAILED':
      return isGreen(result, wait) ? `${outcome.reason}${id}` : `See the annotation.${id}`;
  }
}

/** A step that ended before it knew its grants: a user's fault, a cloud's answer and our bug each in its own words. */
export async function reportError(error: unknown, context: RunContext, folder: string | undefined): Promise<void> {
  if (error instanceof InputFaults) return reportFaults(error);
  const { title, lines } = inWords(error);
  setRefused(lines[0] ?? title, writeResultsFile([], { ...context, environment: null }, folder));
  logError(`${product}: ${title}`, lines);
  if (error instanceof Refusal && error.details.length > 0) logGroup('Details', error.details);
  await summarizeFailure(`${product}: ${title}`, lines, error instanceof Refusal ? error.details : []);
}

async function reportFaults({ faults, message }: InputFaults): Promise<void> {
  const lines = faults.map(({ input, problem, example }) => `${input} ${problem}. Example: ${input}: ${example}`);
  setFault([message, ...lines].join('\n'));
  logError(`${product}: ${message}`, lines);
  await summarizeFaults(faults);
}

function inWords(error: unknown): { readonly title: string; readonly lines: readonly string[] } {
  if (error instanceof Refusal) {
    return { title: 'nothing was changed', lines: [error.message, `What to do: ${error.hint}`] };
  }
  if (error instanceof CloudError) {
    const { hint } = error.failure;
    return { title: 'nothing was changed', lines: [error.message, ...(hint === null ? [] : [`What to do: ${hint}`])] };
  }
  if (error instanceof Error && error.name === 'Cancelled') {
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
