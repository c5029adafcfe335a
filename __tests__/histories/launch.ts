import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import type { ProcessRun, Purpose, Reported } from './chronicle.ts';
import { grantAt } from './names.ts';
import type { Trouble } from './plan.ts';
import { actorOf, makerOf, type RunNames } from './runs.ts';
import type { Stage } from './stage.ts';
import { prepare } from './troubles.ts';
import { isOf } from './watch.ts';

/** Runs one process, with what befalls it. */
export async function launch(
  stage: Stage,
  { actor, runId, checkRunId }: RunNames,
  purpose: Purpose,
  grants: readonly number[],
  trouble: Trouble | null,
  step: Pick<Step, 'inputs' | 'stage' | 'state' | 'skewMs'>,
): Promise<ProcessRun> {
  const { world, active, watch } = stage;
  const beganAt = world.now();
  let struckAt: number | null = null;
  let contended = false;
  let lastRequestAt = beganAt;
  // The SDK says so with every request, and the rehearsal knows the caller only later.
  const sign = `history-${runId}-${purpose}`;
  const isOurs = ({ userAgent }: { readonly userAgent: string }): boolean => userAgent.includes(sign);
  const onStrike = (): void => {
    struckAt = world.now();
    contended = grants.some((grant) => isContended(stage, grant, actor, runId));
  };
  const key = `${runId} ${purpose}`;
  active.set(key, grants);
  let isOver = false;
  const isNow = (entry: Parameters<typeof isOurs>[0]): boolean => !isOver && isOurs(entry);
  world.script.onRequest(
    {
      where: (entry) => {
        if (isNow(entry)) lastRequestAt = entry.at;
        return false;
      },
    },
    () => undefined,
  );
  const troubled = prepare(world, trouble, isNow, onStrike);
  const result = await runStep(world, {
    ...step,
    ...troubled,
    env: { AWS_EXECUTION_ENV: sign },
    ...(stage.dist === undefined ? {} : { dist: stage.dist }),
    context: { runId, checkRunId, job: `job-${actor}` },
    timeoutMs: 120_000,
  });
  isOver = true;
  active.delete(key);
  const endedAt = world.now();
  watch.look();
  const reported = Array.from({ length: stage.history.grants }, (_, index) =>
    grants.includes(index) ? reportOf(result, index) : null,
  );
  const run: ProcessRun = {
    ...{ actor, runId, purpose, grants, trouble, beganAt, endedAt, lastRequestAt, struckAt, contended, reported },
    result: slim(result),
  };
  stage.runs.push(run);
  return run;
}

/** A history has many steps: what nobody looks at is let go. */
function slim(result: StepResult): StepResult {
  return { ...result, requests: [], files: {}, stdout: '', commands: [] };
}

/** Whether others hold the grant, or are at work at it. */
function isContended({ world, active }: Stage, grant: number, actor: string, runId: string): boolean {
  const isAtWork = [...active].some(([key, grants]) => !key.startsWith(runId) && grants.includes(grant));
  const now = world.now();
  return (
    isAtWork ||
    world.schedules
      .all()
      .filter((schedule) => isOf(schedule, grantAt(grant)) && schedule.name.endsWith('-h'))
      .some(({ name }) => Number(name.split('-')[1]) * 1_000 > now && actorOf(makerOf(world, name)) !== actor)
  );
}

function reportOf({ exitCode, outputs }: StepResult, grant: number): Reported | null {
  if (exitCode === null) return null;
  const records = JSON.parse(outputs['results'] ?? '[]') as readonly Readonly<Record<string, string>>[];
  const record = records.find((it) => it['role-id'] === grantAt(grant).permissionSetArn);
  if (record === undefined) return null;
  const expires = record['expires-at'] ?? '';
  return {
    status: record['status'] ?? '',
    state: record['lease-state'] ?? '',
    expiresAt: expires === '' ? null : Date.parse(expires),
    reason: record['failure-reason'] ?? '',
  };
}
