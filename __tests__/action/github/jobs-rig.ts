import { createConnections } from '../../../src/action/connections.ts';
import type { Asker } from '../../../src/action/github/asker.ts';
import { createLiveness } from '../../../src/action/github/jobs.ts';
import type { Budget } from '../../../src/access/clock.ts';
import type { JobName, JobStanding } from '../../../src/access/leases/liveness.ts';
import type { JournalEntry } from '../../../rehearsal/journal.ts';
import { defaultContext, type RunContext } from '../../../rehearsal/runner/context.ts';
import { startWorld, type World, type WorldOptions } from '../../../rehearsal/world.ts';
import { createFakeLog, type FakeLog } from '../../access/fake-log.ts';
import { createHurriedClock, type HurriedClock } from '../hurried-clock.ts';

/** A sweep's view of GitHub, over real sockets. */
export interface JobsRig {
  readonly world: World;
  readonly clock: HurriedClock;
  readonly log: FakeLog;
  readonly masked: string[];
  /** Requests to GitHub so far. */
  readonly requests: () => readonly JournalEntry[];
  /** Asks by one and the same `Liveness`. */
  readonly states: (jobs: readonly JobName[], budget?: Budget) => Promise<readonly JobStanding[]>;
}

export const untilDone: Budget = { until: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };

export async function atGitHub(
  use: (rig: JobsRig) => Promise<void>,
  asker: Partial<Asker> | ((world: World) => Partial<Asker>) = {},
  options: WorldOptions = {},
): Promise<void> {
  const world = await startWorld(options);
  const connections = createConnections();
  const [clock, log, masked] = [createHurriedClock(), createFakeLog(), [] as string[]];
  const mask = (secret: string): void => {
    masked.push(secret);
  };
  const liveness = createLiveness(
    {
      token: world.github.token(),
      apiUrl: world.github.url,
      repository: defaultContext.repository,
      runId: defaultContext.runId,
      ...(typeof asker === 'function' ? asker(world) : asker),
    },
    { clock, log, mask, connections, product: ['cloud-access', '0'] },
  );
  try {
    await use({
      world,
      clock,
      log,
      masked,
      requests: () => world.journal.all().filter(({ service }) => service === 'github'),
      states: (jobs, budget = untilDone) => liveness.states(jobs, budget),
    });
  } finally {
    connections.close();
    await world.close();
  }
}

/** The n-th job of a run other than our own, announced. */
export function announced(world: World, run: number, job = 1, more: Partial<RunContext> = {}): JobName {
  const context = {
    ...defaultContext,
    runId: String(17_000_000_000 + run),
    checkRunId: String(50_000_000_000 + run * 1000 + job),
    ...more,
  };
  world.github.announce(context);
  const { repository, runId, runAttempt, checkRunId } = context;
  return { repository, runId, attempt: runAttempt, checkRunId };
}
