import type { WorldOptions } from '../../rehearsal/world.ts';
import { bystanders, cutOffs, hasRecords, leftOver, operationMs, overdue, recordsLeft } from './lease-crash-checks.ts';
import { pastFirings, sweeping, type Story } from './lease-crash-stories.ts';
import { jobOf, openScene, type Moment, type Scene, type Strike } from './lease-runs.ts';
import { ids, inWorld, onCallAssignment, severalAtOnce } from './support.ts';

/** Seventeen seconds after a full minute: the ends of leases are rounded down to one. */
const options: WorldOptions = { operations: { durationMs: operationMs }, startAt: Date.UTC(2026, 4, 12, 9, 30, 17) };

/** So long after its end a record that proves nothing is garbage, in milliseconds. */
const pastGarbage = 8 * 24 * 3_600_000;

/** Which signals at which moments. */
export type Blows = readonly (readonly [Strike['signal'], Moment])[];

export const killedAfter: Blows = [['SIGKILL', 'after']];
export const killedOrCancelled: Blows = [...killedAfter, ['SIGINT', 'after']];
/** Each signal, and each moment. */
export const someBlows: Blows = [
  ['SIGINT', 'after'],
  ['SIGTERM', 'before'],
  ['SIGKILL', 'before'],
  ['SIGKILL', 'after'],
  ['SIGKILL', 'under way'],
];
const allBlows: Blows = (['SIGINT', 'SIGTERM', 'SIGKILL'] as const).flatMap((signal) =>
  (['before', 'after', 'under way'] as const).map((moment) => [signal, moment] as const),
);

/** `LEASE_BOUNDARIES=all` strikes every mechanism by everything. */
export const isWhole = process.env['LEASE_BOUNDARIES'] === 'all';

/** A safety net in real time, in milliseconds. */
export const patienceMs = 3_600_000;

let runs = 0;
let steps = 0;
let struck = 0;

/** How often a world was begun, how many steps ran in all of them, and how many of those were struck. */
export function figures(): { readonly runs: number; readonly steps: number; readonly struck: number } {
  return { runs, steps, struck };
}

/**
 * Strikes a mechanism at each of its requests, in a world of its own each time. Gives what was wrong in the end. The
 * whole matrix has every blow at every request, whatever is asked for.
 *
 * @param every only so many a request, where a step has very many
 */
export async function strikeEverywhere(story: Story, blows: Blows, every = 1): Promise<readonly string[]> {
  const clean = await tell(story, null);
  if (clean.problems.length > 0) return clean.problems;
  const strikes = strikesAt(clean.operations, isWhole ? allBlows : blows, isWhole ? 1 : every);
  const told = await severalAtOnce(strikes, ({ strike }) => tell(story, strike));
  return told.flatMap(({ problems }, index) => problems.map((it) => `${strikes[index]?.title ?? ''}: ${it}`));
}

interface Titled {
  readonly title: string;
  readonly strike: Strike;
}

function strikesAt(operations: readonly string[], blows: Blows, every: number): readonly Titled[] {
  return blows.flatMap(([signal, moment]) =>
    operations.flatMap((operation, index): readonly Titled[] => {
      // What changes nothing comes too late for everybody.
      if (moment === 'under way' && !/^(?:Create|Delete|Update)/u.test(operation)) return [];
      const title = `${signal} ${moment} request ${index} (${operation})`;
      return index % every === 0 ? [{ title, strike: { signal, moment, at: { index } } }] : [];
    }),
  );
}

interface Told {
  readonly problems: readonly string[];
  /** What the step that is struck asked for. */
  readonly operations: readonly string[];
}

/** One run of a story, to its end. */
function tell(story: Story, strike: Strike | null): Promise<Told> {
  return inWorld(options, async (world) => {
    const scene = openScene(world);
    estrange(scene, story);
    const doomed = await story.prepare(scene);
    const before = bystanders(world, story.grants);
    const ending = strike === null ? {} : { strike };
    const result = await scene[doomed.stage](doomed.job, ending);
    await story.mend?.(scene, doomed);
    for (const job of scene.unposted()) await scene.post(job);
    if (story.gone === 'post') scene.blame(...leftOver(world, story.grants, 'after the post steps'));
    await passTime(scene);
    if (story.gone === 'clock') scene.blame(...leftOver(world, story.grants, 'after the last firing'));
    await story.resolve?.(scene, doomed);
    // One that finds no record proves nothing.
    if (isWhole || hasRecords(world)) await scene.main(jobOf('last sweep', 99, sweeping));
    if (story.gone === 'sweep') scene.blame(...leftOver(world, story.grants, 'after the last sweep'));
    const missing = story.grants.filter((grant) => !world.estate.has(grant));
    if (story.gone === 'never' && missing.length > 0) scene.blame('what was permanent is gone');
    scene.blame(
      ...recordsLeft(world),
      ...cutOffs(scene),
      ...(story.isLate === true ? [] : overdue(world, story.grants)),
    );
    if (bystanders(world, story.grants).join('\n') !== before.join('\n')) scene.blame('something foreign was touched');
    if (isWhole) await sweepGarbage(scene);
    const counted = scene.figures();
    [runs, steps, struck] = [runs + 1, steps + counted.steps, struck + counted.struck];
    const problems = scene.problems();
    return {
      problems: problems.length === 0 ? [] : [`${problems.join('; ')}\n${scene.log()}`],
      operations: result.requests.flatMap(({ schedule, operation }) => (schedule === undefined ? [operation] : [])),
    };
  });
}

/** What nobody here may touch: access of others beside that of the story, and schedules that are no records. */
function estrange({ world, promise }: Scene, { grants, isFirst = false }: Story): void {
  const alike = [
    { ...onCallAssignment, principalType: 'USER', principalId: ids.alice },
    { ...onCallAssignment, permissionSetArn: ids.breakGlass },
  ] as const;
  for (const grant of alike) {
    if (grants.includes(grant)) continue;
    world.estate.add(grant);
    promise('a bystander', grant);
  }
  world.schedules.write({ name: 'nightly-report', group: isFirst ? 'default' : 'cloud-access' });
}

async function passTime({ world, holdings }: Scene): Promise<void> {
  const timers = world.schedules.all().flatMap(({ endsAt }) => endsAt ?? []);
  const ends = holdings()
    .map(({ until }) => until)
    .filter(Number.isFinite);
  await world.advance(Math.max(0, ...timers, ...ends) - world.now() + pastFirings);
}

/** Days later nothing is left of all that. */
async function sweepGarbage(scene: Scene): Promise<void> {
  await scene.world.advance(pastGarbage);
  await scene.main(jobOf('garbage sweep', 100, sweeping));
  const left = scene.world.schedules.all().filter(({ name }) => name !== 'nightly-report');
  if (left.length > 0) scene.blame(`records are left for ever: ${left.map(({ name }) => name).join(', ')}`);
}
