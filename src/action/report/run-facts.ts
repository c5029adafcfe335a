import type { RunContext } from '../github/run-context.ts';
import { attempt, rerun } from '../messages/report.ts';
import { link, plain } from './html.ts';
import type { Fact } from './rows.ts';

/** The run of a step, as far as its summary shows it. */
export type Run = Pick<RunContext, 'actor' | 'triggeringActor' | 'run' | 'runNumber' | 'attempt'> & {
  /** Of the ID token; `null` where it names none or there is none. */
  readonly environment: string | null;
};

/** Who is responsible for the run, and where to find it. An approver, where one is known, belongs after `Started by`. */
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
