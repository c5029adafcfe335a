import type { RunContext } from '../github/run-context.ts';
import { attempt, rerun } from '../messages/report.ts';
import { factRow, link, plain, tableBegin, tableEnd, type Markup } from './html.ts';
import type { BoundedText } from './summary-file.ts';

export interface Fact {
  readonly title: string;
  readonly value: Markup;
}

/** The run of a step, as far as its summary shows it. */
export type Run = Pick<RunContext, 'actor' | 'triggeringActor' | 'run' | 'runNumber' | 'attempt'> & {
  /** Of the ID token; `null` where it names none or there is none. */
  readonly environment: string | null;
};

/** The person responsible for the run, and a link to it. An approver, where one is known, belongs after `Started by`. */
export function runFacts(run: Run): readonly Fact[] {
  const { actor, triggeringActor: by, environment } = run;
  return [
    ...(actor === ''
      ? []
      : [{ title: 'Started by', value: plain(by === '' || by === actor ? actor : rerun(actor, by)) }]),
    ...(environment === null ? [] : [{ title: 'Environment', value: plain(environment) }]),
    ...(run.runNumber === '' ? [] : [{ title: 'Run', value: link(attempt(run.runNumber, run.attempt), run.run) }]),
  ];
}

/** Adds facts as a table. */
export function addFacts(body: BoundedText, facts: readonly Fact[]): void {
  if (facts.length > 0) body.addBetween(tableBegin, facts, ({ title, value }) => factRow(title, value), tableEnd);
}
