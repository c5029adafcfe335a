import type { LeaseCloud } from './lease-cloud.ts';
import { cutOffs, leftOver } from './lease-crash-checks.ts';
import { sweepIn, type Gone, type Story } from './lease-crash-stories.ts';
import { openScene, underWayMs, type Moment, type Scene, type Strike } from './lease-runs.ts';
import { isWhole as isMatrixWhole } from './matrix.ts';
import { inWorld, severalAtOnce } from './support.ts';

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

/** Of what is asked for, ordinary tests strike one in so many. */
export const thinning = isMatrixWhole ? 1 : 4;

/** A safety net in real time, in milliseconds. */
export const patienceMs = 3_600_000;

let runs = 0;
let steps = 0;
let struck = 0;

/** How often a world was begun, how many steps ran in all of them, and how many of those were struck. */
export function figures(): { readonly runs: number; readonly steps: number; readonly struck: number } {
  return { runs, steps, struck };
}

/** By what a step is struck, and at one in so many of its requests. */
export interface Strikes {
  readonly blows: Blows;
  readonly every: number;
}

/**
 * Strikes a mechanism at its requests, in a world of its own each time. Gives what was wrong in the end. The whole matrix
 * has every blow at every request, whatever is asked for.
 *
 * @param nth among its like: where not every request is struck, others are than of the one before
 */
export async function strikeEverywhere(
  cloud: LeaseCloud,
  story: Story,
  { blows, every }: Strikes,
  nth: number,
): Promise<readonly string[]> {
  const clean = await tell(cloud, story, null);
  if (clean.problems.length > 0) return clean.problems;
  const asked: Strikes = isWhole ? { blows: allBlows, every: 1 } : { blows, every: every * thinning };
  const strikes = strikesAt(cloud, clean.operations, asked, nth);
  const told = await severalAtOnce(strikes, ({ strike }) => tell(cloud, story, strike));
  return told.flatMap(({ problems }, index) => problems.map((it) => `${strikes[index]?.title ?? ''}: ${it}`));
}

interface Titled {
  readonly title: string;
  readonly strike: Strike;
}

function strikesAt(
  cloud: LeaseCloud,
  operations: readonly string[],
  { blows, every }: Strikes,
  nth: number,
): readonly Titled[] {
  const all = operations.map((operation, index) => ({ operation, index }));
  return blows.flatMap(([signal, moment], row) => {
    // What changes nothing comes too late for everybody.
    const those = moment === 'under way' ? all.filter(({ operation }) => cloud.isChange(operation)) : all;
    return oneIn(every, those, row + nth).map(({ operation, index }): Titled => {
      const title = `${signal} ${moment} request ${index} (${operation})`;
      return { title, strike: { signal, moment, at: { index } } };
    });
  });
}

/** The part of a whole that two steps of this length are apart, which never repeats: samples fall evenly. */
const golden = (Math.sqrt(5) - 1) / 2;

/** One in so many of a list, rounded up, of which the first is another one for each sample. */
function oneIn<T>(every: number, list: readonly T[], sample: number): readonly T[] {
  const step = Math.max(1, Math.min(every, list.length));
  const choices = Math.max(1, list.length - step * (Math.ceil(list.length / step) - 1));
  const first = Math.floor(((0.5 + sample * golden) % 1) * choices);
  return list.filter((_, index) => index % step === first);
}

interface Told {
  readonly problems: readonly string[];
  /** What the step that is struck asked for. */
  readonly operations: readonly string[];
}

/** One run of a story, to its end. */
function tell(cloud: LeaseCloud, story: Story, strike: Strike | null): Promise<Told> {
  const { grants } = story;
  const gone = goneIn(cloud, story);
  return inWorld(cloud.world, async (world) => {
    const scene = openScene(world, cloud);
    for (const grant of cloud.estrange(world, story.isFirst ?? false)) scene.promise('a bystander', grant);
    const doomed = await story.prepare(scene);
    const before = cloud.bystanders(world, grants);
    const ending = strike === null ? {} : { strike };
    const result = await scene[doomed.stage](doomed.job, ending);
    await story.mend?.(scene, doomed);
    for (const job of scene.unposted()) await scene.post(job);
    if (gone === 'post') scene.blame(...leftOver(cloud, world, grants, 'after the post steps'));
    await passTime(scene);
    if (gone === 'clock') scene.blame(...leftOver(cloud, world, grants, 'after the last end'));
    await story.resolve?.(scene, doomed);
    // One that finds no record proves nothing.
    if (isWhole || cloud.hasRecords(world)) await sweepIn(scene, 'last sweep', 99);
    if (gone === 'sweep') scene.blame(...leftOver(cloud, world, grants, 'after the last sweep'));
    const missing = grants.filter((grant) => !cloud.has(world, grant));
    if (gone === 'never' && missing.length > 0) scene.blame('what was permanent is gone');
    scene.blame(
      ...cloud.recordsLeft(world),
      ...cutOffs(scene),
      ...(story.isLate === true ? [] : cloud.overdue(world, grants)),
    );
    if (cloud.bystanders(world, grants).join('\n') !== before.join('\n')) scene.blame('something foreign was touched');
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

/** Where no clock ends leases, the next sweep does. */
function goneIn({ endsByClock }: LeaseCloud, { gone }: Story): Gone {
  return gone === 'clock' && !endsByClock ? 'sweep' : gone;
}

async function passTime({ world, cloud, holdings }: Scene): Promise<void> {
  // What nobody waits for any more arrives and takes effect, and its record has an end as well.
  await world.advance(underWayMs + cloud.carriedOutMs);
  const ends = holdings()
    .map(({ until }) => until)
    .filter(Number.isFinite);
  await world.advance(Math.max(0, cloud.lastEnd(world), ...ends) - world.now() + cloud.pastEnds);
}

/** Days later nothing is left of all that. */
async function sweepGarbage(scene: Scene): Promise<void> {
  await scene.world.advance(pastGarbage);
  await sweepIn(scene, 'garbage sweep', 100);
  const left = scene.cloud.garbage(scene.world);
  if (left.length > 0) scene.blame(`records are left for ever: ${left.join(', ')}`);
}
