import { never } from '../../src/aws/leases/steps/constants.ts';
import { isAtWork } from './party.ts';
import type { Rules } from './rules.ts';
import { isSpent } from './stores.ts';
import type { World } from './world.ts';

/** The promise that this state breaks. */
export function brokenPromise(rules: Rules, world: World): string | null {
  if (world.broken !== null) return world.broken;
  const { access, today, parties } = world;
  if (access.present) return access.permanent ? null : endless(rules, world);
  const { cast } = rules.options;
  const cutOff = parties.find(({ success, ended, who }) => success && !ended && today < (cast[who]?.end ?? 0));
  return cutOff === undefined ? null : 'P5a: a holder was cut off';
}

/** P5b and P4: where no party is at work any more, something ends the access, or shows that it exists. */
function endless(rules: Rules, { access, air, slots, parties, today, unfired, left }: World): string | null {
  const isQuiet = access.operation === null && air.calls.length === 0 && air.strays.length === 0;
  if (!isQuiet || parties.some(isAtWork)) return null;
  const records = slots.flatMap(({ record }, index) => (record === null ? [] : [{ record, name: rules.names[index] }]));
  // The party that was making it permanent was interrupted, and its hold shows that.
  if (records.some(({ name }) => name?.end === never)) return null;
  const timers = records.filter(({ record }) => record.enabled);
  if (timers.length === 0) return 'P4: an access without an end';
  if (!unfired && timers.every(({ record }) => isSpent(record, today))) return 'P5b: an access outlives its timers';
  // A lost request of a holder can arrive after its end: its record counts until its time, and its timer ends it.
  if (left.lost < rules.options.faults.lost) return null;
  const { cast } = rules.options;
  // The party that left relied on one that was making it permanent, and has given up since: spent timers show it to the
  // next sweep.
  if (unfired && parties.some(({ who, stage }) => cast[who]?.role === 'permanent' && stage === 'over')) return null;
  const holders = parties.filter(({ who, stage }) => cast[who]?.role === 'holder' && stage !== 'idle');
  const haveLeft =
    holders.length > 0 &&
    holders.every(({ stage, quit }) => (stage === 'over' || stage === 'between') && quit === 'left');
  return haveLeft ? 'P5b: all have left, and the access still exists' : null;
}

/** A party that can never continue. */
export function stuckParty(rules: Rules, world: World): string | null {
  const stuck = world.parties.find(isAtWork);
  return stuck === undefined ? null : `${rules.options.cast[stuck.who]?.name ?? ''} can never go on`;
}
