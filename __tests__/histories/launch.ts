import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import { expectOnlyLocal } from '../scenario/strangers.ts';
import type { ProcessRun, Purpose, Reported } from './chronicle.ts';
import type { Trouble } from './plan.ts';
import { contextOf, type RunNames } from './runs.ts';
import type { CloudSide } from './side.ts';
import type { Stage } from './stage.ts';
import { prepare } from './troubles.ts';

/** Runs one process, with what befalls it. */
export async function launch(
  stage: Stage,
  names: RunNames,
  purpose: Purpose,
  grants: readonly number[],
  trouble: Trouble | null,
  step: Pick<Step, 'inputs' | 'stage' | 'state' | 'skewMs'>,
): Promise<ProcessRun> {
  const { actor, runId } = names;
  const { world, side, active, watch } = stage;
  const beganAt = world.now();
  let struckAt: number | null = null;
  let contended = false;
  let lastRequestAt = beganAt;
  const { env, isOurs } = side.sign(names, purpose);
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
    env,
    ...(stage.dist === undefined ? {} : { dist: stage.dist }),
    context: contextOf(names),
    timeoutMs: 120_000,
  });
  expectOnlyLocal(result);
  isOver = true;
  active.delete(key);
  const endedAt = world.now();
  watch.look();
  const reported = Array.from({ length: stage.history.grants }, (_, index) =>
    grants.includes(index) ? reportOf(result, side, index) : null,
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
function isContended(stage: Stage, grant: number, actor: string, runId: string): boolean {
  const { world, side, active } = stage;
  const isAtWork = [...active].some(([key, grants]) => !key.startsWith(runId) && grants.includes(grant));
  const now = world.now();
  return isAtWork || side.holders(stage, grant).some((holding) => holding.end > now && holding.actor !== actor);
}

function reportOf(result: StepResult, side: CloudSide, grant: number): Reported | null {
  const { exitCode, outputs } = result;
  if (exitCode === null) return null;
  const roleId = side.roleId(grant);
  const records = JSON.parse(outputs['results'] ?? '[]') as readonly Readonly<Record<string, string>>[];
  const record = records.find((it) => it['role-id']?.endsWith(roleId) === true);
  if (record === undefined) return null;
  const expires = record['expires-at'] ?? '';
  return {
    status: record['status'] ?? '',
    state: record['lease-state'] ?? '',
    expiresAt: expires === '' || !side.isBinding(result) ? null : Date.parse(expires),
    reason: record['failure-reason'] ?? '',
  };
}
