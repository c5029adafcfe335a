import type { Rules } from './rules.ts';
import type { Options, World } from './world.ts';

/** The promise that a world breaks. */
export function brokenPromise({ options }: Rules, world: World): string | null {
  const { assignment, parties, today } = world;
  if (world.madePermanent && !options.cast.some(({ role }) => role === 'revoke') && assignment?.entries !== null)
    return 'P3: permanent access was touched';
  for (const [who, { stage }] of parties.entries()) {
    const member = options.cast[who];
    if (member?.role !== 'holder' || stage !== 'held' || today >= member.end || world.overruled) continue;
    if (assignment === null) return 'P5a: a holder that was told that it has the access is without it';
  }
  const [only, ...others] = options.cast.filter(({ role }) => role === 'holder');
  const hasLeft = parties[0]?.stage === 'done' && (parties[0].outcome === 'gone' || parties[0].outcome === 'shared');
  if (others.length === 0 && only !== undefined && hasLeft && assignment?.entries?.includes(only.name) === true)
    return 'P4: a holder has left, and its entry is there';
  const closing = parties[options.cast.findIndex(({ role }) => role === 'last-sweep')];
  if (closing?.stage === 'done' && !world.madePermanent && assignment !== null)
    return 'P5b: all are gone, a sweep has come, and the access is still there';
  if (options.github === 'always' && hasEmptied(options, world) && assignment !== null)
    return 'P5b: all have left by themselves, and the access is still there';
  return null;
}

/** True if all holders have left, and none of their requests is on its way. */
function hasEmptied({ cast, permanent }: Options, { parties, strays, madePermanent }: World): boolean {
  const holders = parties.filter((_, who) => cast[who]?.role === 'holder');
  return !permanent && !madePermanent && strays.length === 0 && holders.every(({ stage }) => stage === 'done');
}

/** Unfinished work where nothing can happen any more. */
export function stuckParty({ options }: Rules, { parties }: World): string | null {
  const who = parties.findIndex(({ stage }) => stage !== 'done' && stage !== 'lost');
  return who < 0 ? null : `${options.cast[who]?.name ?? ''} never ends`;
}
