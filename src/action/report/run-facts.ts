import type { Approval } from '../approval/approval.ts';
import type { RunContext } from '../github/run-context.ts';
import { reviewOf } from '../messages/approvals.ts';
import { attempt, starter } from '../messages/report.ts';
import { factRow, link, plain, tableBegin, tableEnd, type Markup } from './html.ts';
import type { BoundedText } from './summary-file.ts';

export interface Fact {
  readonly title: string;
  readonly value: Markup;
}

/** The run of a step, as far as its summary shows it. */
export type Run = Pick<RunContext, 'actor' | 'actorId' | 'triggeringActor' | 'run' | 'runNumber' | 'attempt'> & {
  /** Of the ID token; `null` where it names none or there is none. */
  readonly environment: string | null;
  /** Left out where nothing is known of them, as in a post step. */
  readonly approvals?: readonly Approval[];
};

/** The persons responsible for the run, and a link to it. */
export function runFacts(run: Run): readonly Fact[] {
  const { actor, actorId, triggeringActor: by, environment, approvals = [] } = run;
  return [
    ...(actor === '' ? [] : [{ title: 'Started by', value: plain(starter(actor, actorId, by)) }]),
    ...approvals.map((approval) => ({ title: 'Approved by', value: approvalMarkup(approval) })),
    ...(environment === null ? [] : [{ title: 'Environment', value: plain(environment) }]),
    ...(run.runNumber === '' ? [] : [{ title: 'Run', value: link(attempt(run.runNumber, run.attempt), run.run) }]),
  ];
}

function approvalMarkup({ kind, approver, requester, comment, url }: Approval): Markup {
  const how = kind === 'review' ? reviewOf(requester) : kind;
  const shown = link(`${approver.login} (ID ${approver.id}, ${how})`, url);
  return comment === '' ? shown : { html: `${shown.html}: ${plain(comment).html}` };
}

/** Adds facts as a table. */
export function addFacts(body: BoundedText, facts: readonly Fact[]): void {
  if (facts.length > 0) body.addBetween(tableBegin, facts, ({ title, value }) => factRow(title, value), tableEnd);
}
