import { accessOf, airOf, byTimer, without, type Access, type Change, type Operation } from './access.ts';
import type { Rules } from './rules.ts';
import { isAtWork, partyOf, type Party } from './party.ts';
import type { Simple } from './places.ts';
import { mapped, recordOf, replaced, slotOf, type Record } from './records.ts';
import { unit } from './scale.ts';
import { spent, withParty, withSlot, type World } from './world.ts';

/** Result of a request. */
export interface Landed {
  readonly world: World;
  readonly reply: Simple;
}

/**
 * Carries out a request that changes something. Source of the clouds' behavior: docs/design/leases.md#assumptions,
 * docs/design/leases.md#records-on-aws.
 */
export function land(rules: Rules, world: World, ask: Change, by: number): Landed {
  switch (ask.do) {
    case 'put':
    case 'disable':
    case 'drop':
      return change(rules, world, ask);
    case 'create':
      if (world.access.operation?.what === 'delete' && rules.options.accepting) return accepted(world, by);
      return begin(world, 'create', by);
    case 'delete':
      return begin(world, 'delete', by);
  }
}

function change(rules: Rules, world: World, ask: Extract<Change, { readonly do: 'put' | 'disable' | 'drop' }>): Landed {
  const index = rules.slotOf(ask.do === 'put' ? ask.record.name : ask.name);
  const slot = world.slots[index];
  if (slot === undefined) throw new RangeError('there is no such name');
  const { record } = slot;
  const lags = rules.options.durations.lag > 0;
  const become = (it: Record | null): World => withSlot(world, index, replaced(slot, it, lags));
  const changed = rules.most.changed > 0 ? { unit: world.today, age: 0 } : null;
  switch (ask.do) {
    case 'put': {
      if (record !== null) return { world, reply: 'taken' };
      const { enabled, firesAt, name } = ask.record;
      const isDead = name.kind === 'timer' && !enabled;
      const made = recordOf({
        enabled,
        fires: enabled ? firesAt / unit : 0,
        age: 0,
        changed: isDead ? changed : null,
        begun: false,
        proves: -1,
      });
      return { world: become(made), reply: 'done' };
    }
    case 'disable':
      if (record === null) return { world, reply: 'missing' };
      return {
        world: become(recordOf({ ...record, enabled: false, fires: 0, begun: false, changed })),
        reply: 'done',
      };
    case 'drop':
      return record === null ? { world, reply: 'missing' } : { world: become(null), reply: 'done' };
  }
}

function begin(world: World, what: Operation['what'], by: number): Landed {
  if (world.access.operation !== null) return { world, reply: 'busy' };
  const operation = { what, by, since: what === 'create' ? world.today : 0 };
  return { world: { ...world, access: accessOf({ ...world.access, operation }) }, reply: 'done' };
}

/** The access has no end any more, as requested. */
export function madePermanent(world: World): World {
  const { access } = world;
  return access.present ? { ...world, access: accessOf({ ...access, permanent: true }) } : world;
}

/** Reported as a success, without effect. */
function accepted(world: World, by: number): Landed {
  const party = world.parties[by];
  if (party === undefined) return { world, reply: 'done' };
  return { world: withParty(world, partyOf({ ...party, own: 'succeeded' })), reply: 'done' };
}

/** Possible results of the running operation. */
export function endings(rules: Rules, world: World, emit: (next: World, what: string) => void): void {
  const { operation } = world.access;
  if (operation === null) return;
  emit(told(succeeded(rules, world, operation), operation, 'succeeded'), `${operation.what} SUCCEEDED`);
  if (world.left.fail === 0) return;
  const failed = {
    ...world,
    left: spent(world.left, 'fail'),
    access: accessOf({ ...world.access, operation: null }),
    unfired: world.unfired || operation.by === byTimer,
  };
  emit(told(failed, operation, 'failed'), `${operation.what} FAILED`);
}

function told(world: World, { by }: Operation, own: 'succeeded' | 'failed'): World {
  const party = world.parties[by];
  if (party === undefined || !isAtWork(party) || party.own !== 'running') return world;
  return withParty(world, partyOf({ ...party, own }));
}

function succeeded(rules: Rules, world: World, { what, by, since }: Operation): World {
  if (what === 'create') return created(rules, world, since, false);
  const { present, permanent } = world.access;
  const isAsked = rules.options.cast[by]?.role === 'revoke';
  const broken = present && permanent && !isAsked ? 'P3: permanent access was removed' : world.broken;
  return {
    ...world,
    broken,
    access: turned(rules, world.access, false, false),
    slots: world.slots.map((slot) =>
      slot.record === null && slot.before.length === 0 ? slot : mapped(slot, (it) => recordOf({ ...it, proves: -1 })),
    ),
    parties: world.parties
      .map((it) => (isAsked && hasVerified(it) ? partyOf({ ...it, ended: true }) : it))
      .map((it) =>
        withHistory(rules, it, it.proves < 0 ? it.proves : -1, (record) => recordOf({ ...record, proves: -1 })),
      ),
  };
}

/**
 * A party that makes the access permanent, or keeps it since it is, has read it: a revocation that ends it now comes
 * after.
 */
function hasVerified({ place, unseen, overlooks }: Party): boolean {
  if (place?.role === 'holder') return !overlooks && keepsFrom.includes(place.at);
  if (place?.role !== 'permanent') return false;
  return (
    place.at === 'clean' || place.at === 'shown' || place.at === 'leave' || (place.at === 'verify' && unseen === 'yes')
  );
}

const keepsFrom: readonly string[] = ['keep-settle', 'keep-confirm', 'keep-leave', 'keep-over'];

/** The access exists from now on, or does not; where reads lag, they can show the earlier state. */
function turned({ options }: Rules, access: Access, present: boolean, permanent: boolean): Access {
  const lags = options.durations.readLag > 0 && access.present !== present;
  return accessOf({ present, permanent, operation: null, before: lags ? access.present : access.before });
}

/** The access exists: records in lists were made before, and a later look at the history can show it. */
export function created(rules: Rules, world: World, since: number, forEver: boolean): World {
  const { access, slots } = world;
  const shows = (it: Record): Record => (it.proves < 0 ? recordOf({ ...it, proves: since }) : it);
  return {
    ...world,
    access: turned(rules, access, true, forEver || access.permanent),
    slots: slots.map((slot) => (slot.record === null && slot.before.length === 0 ? slot : mapped(slot, shows))),
    parties: world.parties.map((it) =>
      withHistory(rules, it, rules.isJudging(it) && it.proves < 0 ? since : it.proves, shows),
    ),
  };
}

function withHistory(rules: Rules, party: Party, proves: number, change: (it: Record) => Record): Party {
  const { unseen } = party;
  if (unseen !== null && typeof unseen !== 'string')
    return partyOf({ ...party, proves, unseen: rules.views.reviewed(unseen, change) });
  return proves === party.proves ? party : partyOf({ ...party, proves });
}

/** Due timers begin to fire, and calls on their way arrive. */
export function firings(rules: Rules, world: World, emit: (next: World, what: string) => void): void {
  const { left, air, today } = world;
  world.slots.forEach((slot, index) => {
    const { record } = slot;
    if (record === null || !isToFire(rules, record, today)) return;
    const isLast = today === record.fires + rules.options.firings - 1;
    const begun = rules.options.vanishing && isLast ? null : recordOf({ ...record, begun: true });
    const fired = withSlot(world, index, slotOf({ record: begun, before: slot.before }));
    const called = (times: number): World => {
      const calls = Array.from({ length: times }, () => rules.options.durations.callCarry);
      return { ...fired, air: airOf({ ...air, calls: [...air.calls, ...calls] }) };
    };
    const name = rules.names[index]?.holder ?? '';
    emit(called(1), `timer of ${name} fires`);
    if (left.refuse > 0)
      emit({ ...fired, left: spent(left, 'refuse'), unfired: true }, `firing of ${name} comes to nothing`);
    if (left.twice > 0) emit({ ...called(2), left: spent(left, 'twice') }, `timer of ${name} fires twice`);
  });
  air.calls.forEach((ticks, index) => {
    if (index > 0 && air.calls[index - 1] === ticks) return;
    const arrived = { ...world, air: airOf({ ...air, calls: without(air.calls, index) }) };
    const { world: begun, reply } = begin(arrived, 'delete', byTimer);
    emit(reply === 'done' ? begun : { ...arrived, unfired: true }, `call of a timer arrives: ${reply}`);
  });
}

/** A timer fires in the unit of its time, and in the next. */
export function isToFire({ options }: Rules, { enabled, fires, begun }: Record, today: number): boolean {
  return enabled && fires > 0 && !begun && today >= fires && today < fires + options.firings;
}

export function isSpent({ enabled, fires }: Record, today: number): boolean {
  return enabled && fires > 0 && today >= fires + 2;
}
