import type { LeaseCloud } from './lease-cloud.ts';
import { cutOffs, leftOver } from './lease-crash-checks.ts';
import { sweepIn, type Gone, type Story } from './lease-crash-stories.ts';
import { openScene, underWayMs, type Scene, type Strike } from './lease-runs.ts';
import { inWorld, severalAtOnce } from './support.ts';

/** So long after its end a record that proves nothing is garbage, in milliseconds. */
const pastGarbage = 8 * 24 * 3_600_000;

/** A safety net in real time, in milliseconds. */
export const patienceMs = 3_600_000;

let runs = 0;
let steps = 0;
let struck = 0;

/** How often a world was begun, how many steps ran in all of them, and how many of those were struck. */
export function figures(): { readonly runs: number; readonly steps: number; readonly struck: number } {
  return { runs, steps, struck };
}

/** Strikes a mechanism wherever that makes a difference, in a world of its own each time. Gives what was wrong in the end. */
export async function strikeEverywhere(cloud: LeaseCloud, story: Story): Promise<readonly string[]> {
  const clean = await tell(cloud, story, null);
  if (clean.problems.length > 0) return clean.problems;
  const strikes = strikesAt(cloud, clean.operations);
  const told = await severalAtOnce(strikes, (strike) => tell(cloud, story, strike));
  return told.flatMap(({ problems }, index) =>
    problems.map((it) => `${titleOf(strikes[index], clean.operations)}: ${it}`),
  );
}

/**
 * Each place where a signal leaves something else behind than at the place before. A read changes nothing, so before and
 * after it are the same. SIGKILL leaves what the step has changed and saved: of reads in a row, only the first and the
 * last differ. SIGINT goes on in the step's own code: of the same read in a row, as in polling, the first and the last.
 * SIGTERM does what SIGINT does (`cancelOnSignal`), so it comes after changes only.
 */
function strikesAt({ isChange }: LeaseCloud, operations: readonly string[]): readonly Strike[] {
  const isEdge = (index: number, isLike: (other: string) => boolean): boolean =>
    [operations[index - 1], operations[index + 1]].some((it) => it === undefined || !isLike(it));
  return operations.flatMap((operation, index): readonly Strike[] => {
    const at = { index };
    if (isChange(operation)) {
      const moments = (['before', 'after', 'under way'] as const).flatMap((moment): readonly Strike[] => [
        { signal: 'SIGKILL', moment, at },
        { signal: 'SIGINT', moment, at },
      ]);
      return [...moments, { signal: 'SIGTERM', moment: 'after', at }];
    }
    const isKilled = isEdge(index, (other) => !isChange(other));
    const isCanceled = isEdge(index, (other) => other === operation);
    return [
      ...(isKilled ? [{ signal: 'SIGKILL', moment: 'after', at } as const] : []),
      ...(isCanceled ? [{ signal: 'SIGINT', moment: 'after', at } as const] : []),
    ];
  });
}

function titleOf(strike: Strike | undefined, operations: readonly string[]): string {
  const { signal = '', moment = '', at: { index = 0 } = {} } = strike ?? {};
  return `${signal} ${moment} request ${index} (${operations[index] ?? ''})`;
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
    await sweepIn(scene, 'last sweep', 99);
    if (gone === 'sweep') scene.blame(...leftOver(cloud, world, grants, 'after the last sweep'));
    const missing = grants.filter((grant) => !cloud.has(world, grant));
    if (gone === 'never' && missing.length > 0) scene.blame('what was permanent is gone');
    scene.blame(
      ...cloud.recordsLeft(world),
      ...cutOffs(scene),
      ...(story.isLate === true ? [] : cloud.overdue(world, grants)),
    );
    if (cloud.bystanders(world, grants).join('\n') !== before.join('\n')) scene.blame('something foreign was touched');
    await sweepGarbage(scene);
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
