import { storm } from '../../../rehearsal/storm.ts';
import type { World } from '../../../rehearsal/world.ts';
import { minute, second } from '../plan.ts';
import { actorOf } from '../runs.ts';
import type { CloudSide } from '../side.ts';
import { allOfHistory, type HistoryContext } from '../context.ts';
import { awsFindings } from './check.ts';
import { alice, ender, grantAt, onCallInProd, signIn } from './names.ts';
import { requestNotes, storyOf } from './record.ts';
import { awsOf } from './surroundings.ts';
import { isOf, isSame, watchWorld } from './watch.ts';

const scheduler = { 'aws-scheduler-role-arn': ender } as const;

/** IAM Identity Center with EventBridge Scheduler. */
export const awsSide: CloudSide = {
  world(history) {
    const { schedulesLagMs, assignmentsLagMs, operationsMs, firings } = awsOf(history);
    return {
      aws: {
        operations: { durationMs: { ...operationsMs, seed: history.number } },
        lag: { schedulesMs: schedulesLagMs, assignmentsMs: assignmentsLagMs },
        firings,
      },
    };
  },
  watch: (world, history) => watchWorld(world, allOfHistory(history).map(grantAt), (name) => makerOf(world, name)),
  async begin({ world, history, watch }) {
    const { hasPast, failures, permanent } = awsOf(history);
    if (hasPast) await makePast(world);
    for (const index of permanent) {
      world.aws.estate.add(grantAt(index));
      watch.notOurs.add(index);
    }
    if (failures === null) return;
    const { from, times, fate } = failures;
    world.aws.schedules.script({ nth: from, times }, { fate });
  },
  // A conflict of a schedule means that its name exists: it never occurs by chance.
  storms({ world, history: { number, surroundings } }) {
    const { storm: shares } = surroundings;
    if (shares === null) return [];
    return [
      storm(world, { seed: number, services: ['sso'], ...shares }),
      storm(world, { seed: number + 1, services: ['scheduler'], ...shares, conflicts: 0 }),
    ];
  },
  // The SDK sends it with every request, and the rehearsal knows the caller only later.
  sign({ runId }, purpose) {
    const sign = `history-${runId}-${purpose}`;
    return { env: { AWS_EXECUTION_ENV: sign }, isOurs: ({ userAgent }) => userAgent.includes(sign) };
  },
  roleId: (grant) => grantAt(grant).permissionSetArn,
  inputs: {
    grants: (_, grants) => ({
      ...onCallInProd,
      ...scheduler,
      role: grants.map((index) => grantAt(index).permissionSetArn).join('\n'),
    }),
    byId: () => signIn,
    sweep: () => ({ ...signIn, ...scheduler }),
  },
  isBinding: () => true,
  saysItStays: ({ log }) => /ends the access at \S+ \S+ UTC\.|left to/u.test(log),
  asksForJobs: true,
  holders: ({ world }, grant) =>
    world.aws.schedules
      .all()
      .filter((schedule) => isOf(schedule, grantAt(grant)) && schedule.name.endsWith('-h'))
      .map(({ name }) => ({ actor: actorOf(makerOf(world, name)), end: Number(name.split('-')[1]) * 1_000 })),
  grantByHand({ world }, grant, free) {
    world.aws.estate.add(grantAt(grant));
    return free ? 'protected' : 'unclear';
  },
  isFree,
  hasRecords: ({ world }) => world.aws.schedules.all().length > 0,
  lastEnd,
  storyOf,
  requestNotes,
  findings: awsFindings,
  features: ({ history, runs, grants }) => ({
    failedFiring:
      awsOf(history).failures !== null && grants.some(({ firings }) => firings.some(({ isDone }) => !isDone)),
    fired: grants.some(({ firings }) => firings.some(({ isDone }) => isDone)),
    suspect: runs.some(({ result }) => result.log.includes('Nothing proves')),
  }),
};

/** Another caller's deletion, before the first lease: the lists of operations reach back to it. */
async function makePast(world: World): Promise<void> {
  const other = { ...grantAt(0), ...alice };
  world.aws.estate.add(other);
  world.aws.estate.start('delete', other, { durationMs: 500 });
  await world.clock.sleep(second);
}

/** The caller that made a record. */
function makerOf(world: World, name: string): string {
  const made = world.journal
    .of('CreateSchedule')
    .filter(({ body }) => (body as { readonly Name?: string }).Name === name);
  return made.find(({ principal: who }) => who !== undefined)?.principal ?? '';
}

/** No hold, and no timer that is still to fire. */
function isFree({ world }: HistoryContext, grant: number): boolean {
  const assignment = grantAt(grant);
  if (world.aws.estate.has(assignment)) return false;
  if (world.aws.estate.operations().some((it) => it.status === 'IN_PROGRESS' && isSame(it, assignment))) return false;
  const now = world.now();
  return world.aws.schedules
    .all()
    .filter((schedule) => isOf(schedule, assignment))
    .every(({ name, state, startsAt = 0, modifiedAt }) => {
      const end = Number(name.split('-')[1]) * 1_000;
      if (name.endsWith('-h')) return now > end + minute;
      // A timer that was disabled while it was due can still arrive.
      return state === 'ENABLED' ? now > startsAt + 19 * minute : now > modifiedAt + 3 * minute;
    });
}

/** Time at which the last timer of all has fired for the last time, and its operation has ended. */
function lastEnd({ world, history }: HistoryContext): number {
  const ends = world.aws.schedules.all().map(({ name, startsAt = 0 }) => {
    const end = Number(name.split('-')[1]) * 1_000;
    return Math.max(name.endsWith('-s') ? 0 : end, startsAt);
  });
  return Math.max(world.now(), ...ends) + 20 * minute + awsOf(history).operationsMs.to;
}
