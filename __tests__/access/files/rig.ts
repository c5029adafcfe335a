import type { AccessFile, GrantRow, IgnoreRow, Owned } from '../../../src/access/files/access-file.ts';
import type { FileRequest } from '../../../src/access/files/request.ts';
import { runFiles } from '../../../src/access/files/run.ts';
import type { Run } from '../../../src/access/engine/run.ts';
import { Cancelled, Refusal } from '../../../src/access/errors.ts';
import type { Assignment } from '../../../src/access/grant.ts';
import type { CloudWithLeases } from '../../../src/access/leases/port.ts';
import type { PlanDocument, Planning } from '../../../src/access/plan/document.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { createFakeCloud, type FakeCloud, type FakeCloudOptions } from '../fake-cloud.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import { keyOf, request as ofInputs } from '../fixtures.ts';
import { noJournal } from '../no-journal.ts';
import { createFakeAccess, type FakeAccess, type FakeAccessOptions } from './fake-access.ts';

export function grant(principal: string, role: string, target: string): Assignment {
  return {
    kind: 'assignment',
    principal: { type: 'GROUP', id: principal, name: null },
    role: { id: role, name: null },
    target: { id: target, name: null },
  };
}

/** Each principal with each role on each target. */
export function product(
  principals: readonly string[],
  roles: readonly string[],
  targets: readonly string[],
): readonly Assignment[] {
  return principals.flatMap((p) => roles.flatMap((r) => targets.map((t) => grant(p, r, t))));
}

export function file(
  grants: readonly GrantRow[],
  owns: Owned | null = null,
  ignore: readonly IgnoreRow[] = [],
): AccessFile {
  return { path: 'access.yml', blob: '0'.repeat(40), owns, ignore, grants };
}

export interface RigOptions
  extends
    Partial<Omit<FakeCloudOptions, 'clock' | 'grants'>>,
    Pick<FakeAccessOptions, 'about' | 'privileged' | 'onCall'> {
  readonly universe: readonly Assignment[];
  /** Assignments that exist at first. */
  readonly there?: readonly Assignment[];
  readonly leased?: readonly Assignment[];
}

export interface Rig {
  readonly clock: FakeClock;
  readonly cloud: FakeCloud;
  readonly access: FakeAccess;
  readonly log: FakeLog;
  readonly run: (
    request: Partial<FileRequest>,
    over?: { readonly planning?: Partial<Planning>; readonly cloud?: CloudWithLeases },
  ) => Promise<Run>;
  /** Refusals of a run. */
  readonly refusal: (
    request: Partial<FileRequest>,
    over?: { readonly planning?: Partial<Planning> },
  ) => Promise<Refusal>;
  /** The plan of a dry run. */
  readonly plan: (request: Partial<FileRequest>) => Promise<PlanDocument>;
  /** Keys of the existing access. */
  readonly truth: () => readonly string[];
  readonly cancelAt: (elapsed: number) => void;
}

export function createRig({
  universe,
  there = [],
  leased = [],
  about,
  privileged,
  onCall,
  ...options
}: RigOptions): Rig {
  const clock = createFakeClock(200_000);
  const present = new Set([...there, ...leased].map(keyOf));
  const cloud = createFakeCloud({
    clock,
    grants: universe,
    standing: (it) => (present.has(keyOf(it)) ? 'current' : 'absent'),
    visibleWithinMs: 15_500,
    ...options,
  });
  const access = createFakeAccess({
    cloud,
    universe,
    ...(about === undefined ? {} : { about }),
    ...(privileged === undefined ? {} : { privileged }),
    ...(onCall === undefined ? {} : { onCall }),
  });
  for (const it of leased) access.leased.add(keyOf(it));
  const log = createFakeLog();
  const controller = new AbortController();
  const run: Rig['run'] = (over, { planning = {}, cloud: other = access.cloud } = {}) => {
    const { timeoutMs, maxInFlight, reason, wait, allowPrivileged, guards, dryRun } = ofInputs;
    const request: FileRequest = {
      lifetime: { kind: 'permanent' },
      operation: 'reconcile',
      files: [],
      prune: 'report',
      maxRemovals: null,
      ...{ timeoutMs, maxInFlight, reason, wait, allowPrivileged, guards, dryRun },
      ...over,
    };
    const planningOf: Planning = {
      cloud: 'test',
      wanted: false,
      expected: null,
      planFor: null,
      onPlan: () => undefined,
      ...planning,
    };
    return clock.during(
      runFiles(request, {
        cloud: other,
        clock,
        random: () => 0.5,
        log,
        signal: controller.signal,
        onStarted: () => undefined,
        planning: planningOf,
        journal: noJournal,
      }),
    );
  };
  return {
    clock,
    cloud,
    access,
    log,
    run,
    refusal: async (over, more) => {
      const error: unknown = await run(over, more).then(
        () => new Error('it was carried out'),
        (it: unknown) => it,
      );
      if (!(error instanceof Refusal)) throw error;
      return error;
    },
    plan: async (over) => {
      const plans: PlanDocument[] = [];
      await run({ ...over, dryRun: true }, { planning: { wanted: true, onPlan: (it) => plans.push(it) } });
      const [plan] = plans;
      if (plan === undefined) throw new Error('a dry run makes a plan');
      return plan;
    },
    truth: () => universe.filter((it) => cloud.truth(it) !== 'absent').map(keyOf),
    cancelAt: (elapsed) => {
      clock.at(elapsed, () => {
        controller.abort(new Cancelled('The step was canceled (SIGINT)'));
      });
    },
  };
}

/** Changes that were started, such as `remove GROUP p r t`. */
export function started({ cloud }: Pick<Rig, 'cloud'>): readonly string[] {
  return cloud.starts.map(({ kind, grant: it }) => `${kind} ${keyOf(it).replace('assignment GROUP ', '')}`);
}
