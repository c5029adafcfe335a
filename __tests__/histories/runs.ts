import { defaultContext, type RunContext } from '../../rehearsal/runner/context.ts';
import type { HistoryContext } from './context.ts';

export interface RunNames {
  readonly actor: string;
  readonly runId: string;
  readonly checkRunId: string;
}

export function newRun(context: HistoryContext, actor: string): RunNames {
  const number = context.nextRun;
  context.nextRun += 1;
  return {
    actor,
    runId: `160${actor.charCodeAt(0)}00${100 + number}`,
    checkRunId: `4518${actor.charCodeAt(0)}00${100 + number}`,
  };
}

/** The job as GitHub and its steps have it. */
export function contextOf({ actor, runId, checkRunId }: RunNames): RunContext {
  return { ...defaultContext, runId, checkRunId, job: `job-${actor}` };
}

/** Runs are numbered by their makers. */
export function actorOf(principalArn: string): string {
  const code = /-160(\d\d)00\d{3}-/u.exec(principalArn)?.[1];
  return code === undefined
    ? principalArn.includes('access-ender')
      ? 'Scheduler'
      : '?'
    : String.fromCharCode(Number(code));
}
