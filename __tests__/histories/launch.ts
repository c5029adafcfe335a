import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import { expectOnlyLocal } from '../scenario/strangers.ts';
import type { ProcessRun, Purpose, Reported } from './chronicle.ts';
import type { Trouble } from './plan.ts';
import { contextOf, type RunNames } from './runs.ts';
import type { CloudSide } from './side.ts';
import type { HistoryContext } from './context.ts';
import { prepare } from './troubles.ts';

/** Runs one process, with its fault. */
export async function launch(
  context: HistoryContext,
  names: RunNames,
  purpose: Purpose,
  grants: readonly number[],
  trouble: Trouble | null,
  step: Pick<Step, 'inputs' | 'stage' | 'state' | 'skewMs'>,
): Promise<ProcessRun> {
  const { actor, runId } = names;
  const { world, side, active, watch } = context;
  const beganAt = world.now();
  let faultAt: number | null = null;
  let contended = false;
  let lastRequestAt = beganAt;
  const { env, isOurs } = side.sign(names, purpose);
  const onFault = (): void => {
    faultAt = world.now();
    contended = grants.some((grant) => isContended(context, grant, actor, runId));
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
  const troubled = prepare(world, trouble, isNow, onFault);
  const result = await runStep(world, {
    ...step,
    ...troubled,
    env,
    ...(context.dist === undefined ? {} : { dist: context.dist }),
    context: contextOf(names),
    timeoutMs: 120_000,
  });
  expectOnlyLocal(result);
  isOver = true;
  active.delete(key);
  const endedAt = world.now();
  watch.look();
  const reported = Array.from({ length: context.history.grants }, (_, index) =>
    grants.includes(index) ? reportOf(result, side, index) : null,
  );
  const run: ProcessRun = {
    ...{ actor, runId, purpose, grants, trouble, beganAt, endedAt, lastRequestAt, faultAt, contended, reported },
    result: slim(result),
  };
  context.runs.push(run);
  return run;
}

/** A history has many steps: unused data are dropped. */
function slim(result: StepResult): StepResult {
  return { ...result, requests: [], files: {}, stdout: '', commands: [] };
}

/** True if others hold the grant, or are at work at it. */
function isContended(context: HistoryContext, grant: number, actor: string, runId: string): boolean {
  const { world, side, active } = context;
  const isAtWork = [...active].some(([key, grants]) => !key.startsWith(runId) && grants.includes(grant));
  const now = world.now();
  return isAtWork || side.holders(context, grant).some((holding) => holding.end > now && holding.actor !== actor);
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
