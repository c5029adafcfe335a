import { unit, type Rules } from './rules.ts';
import type { World } from './world.ts';

/** The promise that a world breaks. */
export function brokenPromise({ options, constants }: Rules, world: World): string | null {
  const { stored, parties, today, overruled } = world;
  const { schedule, requests } = stored;
  const { foreign } = options;
  if (foreign === 'permanent' && !overruled && schedule?.end !== null) return 'P3: permanent access was touched';
  if (typeof foreign === 'number' && !overruled && today < foreign && (schedule?.end ?? 0) < foreign * unit)
    return 'P3: access that others made was ended, or shortened';
  for (const [who, { stage, outcome }] of parties.entries()) {
    const member = options.cast[who];
    const isTold = stage === 'held' || outcome === 'adopted' || outcome === 'kept';
    if (member?.role !== 'holder' || !isTold || today >= member.end || overruled) continue;
    const isShort = schedule?.end != null && schedule.end < member.end * unit - constants.margin;
    if (schedule === null || isShort)
      return 'P5a: a holder that was told that it has the access is without it, or will be before its end';
  }
  if (foreign !== 'permanent' && parties.some(({ outcome }) => outcome === 'permanent' || outcome === 'plain'))
    return 'P1: it was said to be permanent, and is not';
  const holders = options.cast.filter(({ role }) => role === 'holder');
  if (holders.length === 1 && foreign === null && parties[0]?.outcome === 'gone' && parties[0].stage === 'done') {
    if (schedule !== null || requests.some(({ type, standing }) => type === 'assign' && standing === 'moving'))
      return 'P1: it was said to be gone, and is there';
  }
  const extensions = requests.filter(({ type }) => type === 'update').length;
  const latest = Math.max(...options.cast.map(({ end }) => end), typeof foreign === 'number' ? foreign : 0) * unit;
  if (
    foreign !== 'permanent' &&
    schedule !== null &&
    (schedule.end ?? Infinity) > latest + extensions * constants.trace
  )
    return 'P5b: the access outlives all who wanted it';
  return null;
}

/** Unfinished work where nothing can happen any more. */
export function stuckParty({ options }: Rules, { parties }: World): string | null {
  const who = parties.findIndex(({ stage }) => stage !== 'done' && stage !== 'lost');
  return who < 0 ? null : `${options.cast[who]?.name ?? ''} never ends`;
}
