import { accessOf, airOf, emptyAir, without } from './access.ts';
import type { Model } from './explorer.ts';
import { moves } from './moves.ts';
import { anyPause } from './options.ts';
import { isAtWork, isReady, partyOf, type Party } from './party.ts';
import { brokenPromise, stuckParty } from './promises.ts';
import { aged, mapped, recordOf } from './records.ts';
import { initial, type Rules } from './rules.ts';
import { unit } from './scale.ts';
import { created, endings, firings, isSpent, isToFire, land, madePermanent } from './stores.ts';
import { tell } from './tell.ts';
import { pack, spent, unpack, widthOf, type World } from './world.ts';

/** A world as an object of exploration. */
export function modelOf(rules: Rules): Model<World> {
  const start = initial(rules);
  return {
    width: widthOf(start),
    initial: start,
    pack,
    unpack: (from, offset) => unpack(from, offset, start),
    successors: (world, emit) => {
      successors(rules, world, emit);
    },
    fault: (world) => brokenPromise(rules, world),
    stuck: (world) => stuckParty(rules, world),
    describe: (world) => tell(rules, world),
  };
}

type Emit = (next: World, who: string, what: string) => void;

/**
 * Possible next states. Where a party is about to do something that no other can see, and that is possible at any time,
 * only this party is looked at: all other events can also happen afterwards.
 */
function successors(rules: Rules, world: World, emit: Emit): void {
  const { cast } = rules.options;
  const moveOf = (party: Party): void => {
    moves(rules, world, party, (next, what) => {
      emit(next, cast[party.who]?.name ?? '', what);
    });
  };
  const first = world.parties.find(
    (it) => isAtWork(it) && it.unseen === null && it.flight < 0 && it.place?.isPrivate === true,
  );
  if (first !== undefined) {
    moveOf(first);
    return;
  }
  world.parties.forEach(moveOf);
  const cloud = (next: World, what: string): void => {
    emit(next, 'cloud', what);
  };
  strays(rules, world, cloud);
  endings(rules, world, cloud);
  firings(rules, world, cloud);
  byHand(rules, world, cloud);
  ticks(rules, world, cloud);
}

function strays(rules: Rules, world: World, emit: (next: World, what: string) => void): void {
  world.air.strays.forEach(({ ask, by, isLast }, index) => {
    const arrived = { ...world, air: airOf({ ...world.air, strays: without(world.air.strays, index) }) };
    const { world: landed } = land(rules, arrived, ask, by);
    emit(isLast ? madePermanent(landed) : landed, `a stray ${ask.do} lands`);
    emit(arrived, `a stray ${ask.do} never lands`);
  });
}

/** Makes permanent access by hand, while there is no lease of it, and none can come back. */
function byHand(rules: Rules, world: World, emit: (next: World, what: string) => void): void {
  const { access, air, left, parties, slots, today } = world;
  if (left.hand === 0 || access.present || access.operation !== null || air !== emptyAir || parties.some(isAtWork))
    return;
  const isLease = slots.some(({ record }, index) => {
    if (record === null) return false;
    const name = rules.names[index];
    return name?.kind === 'timer' ? record.enabled && !isSpent(record, today) : (name?.end ?? 0) > today * unit;
  });
  if (!isLease)
    emit({ ...created(rules, world, today, true), left: spent(left, 'hand') }, 'the access is given by hand');
}

/** Moves time: a little, long enough for every duration, or into the next unit of the date. */
function ticks(rules: Rules, world: World, emit: (next: World, what: string) => void): void {
  const { air, access, parties, today, fresh } = world;
  const isBusy = world.left.pause !== anyPause && parties.some(isReady);
  const mustLand =
    isBusy ||
    air.strays.some(({ left }) => left === 0) ||
    air.calls.some((left) => left === 0) ||
    parties.some(({ flight }) => flight === 0);
  if (!mustLand) emit(later(rules, world, 1), 'a tick');
  const isClear = air === emptyAir && parties.every(({ flight }) => flight < 0);
  if (!isClear || world.slots.some(({ record }) => record !== null && isToFire(rules, record, today))) return;
  if (access.operation === null && !isBusy)
    emit({ ...later(rules, world, rules.longTick), fresh: false }, 'a long time');
  if (fresh || today >= rules.lastUnit || isUnlisted(rules, world, today + 1)) return;
  const slots = world.slots.map((slot) =>
    slot.record?.begun === true ? mapped(slot, (it) => recordOf({ ...it, begun: false })) : slot,
  );
  emit({ ...world, today: today + 1, fresh: true, slots }, `it is ${today + 1}`);
}

/**
 * True if a list can still miss a record that was made for an end that comes now: its margin is longer than lists lag.
 * Source: docs/design/leases.md#clocks-differ, docs/design/leases.md#lists-and-reads-lag.
 */
function isUnlisted({ names }: Rules, { slots }: World, next: number): boolean {
  return slots.some(({ before }, index) => before.includes(null) && names[index]?.end === next * unit);
}

function later(rules: Rules, world: World, by: number): World {
  const { access, air } = world;
  return {
    ...world,
    access: access.before === null ? access : accessOf({ ...access, before: null }),
    air:
      air === emptyAir
        ? air
        : airOf({
            calls: air.calls.map((left) => left - by),
            strays: air.strays.map((it) => ({ ...it, left: it.left - by })),
          }),
    slots: world.slots.map((slot) =>
      slot.record === null && slot.before.length === 0 ? slot : aged(slot, by, rules.most),
    ),
    parties: world.parties.map((it) => agedParty(rules, it, by)),
  };
}

function agedParty(rules: Rules, it: Party, by: number): Party {
  if (it.place === null) return it;
  const place = rules.places.aged(it.place, by);
  if (place === it.place && it.flight < 0) return it;
  return partyOf({
    ...it,
    place,
    flight: it.flight < 0 ? it.flight : it.flight - by,
  });
}
