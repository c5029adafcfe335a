import { never } from '../../src/aws/leases/steps/constants.ts';
import type { Ask } from '../../src/aws/leases/steps/asks.ts';
import type { Deadline } from '../../src/access/leases/protocol/protocol.ts';
import type { Holder, HolderOutcome } from '../../src/aws/leases/steps/holder.ts';
import type { Permanent } from '../../src/aws/leases/steps/permanent.ts';
import { airOf, type Assignment, type Change } from './access.ts';
import { begin, beginPost, newHolderOf, resumingPlace } from './begin.ts';
import { hasDropped, isLeaving } from './forget.ts';
import { anyPause } from './options.ts';
import { isReady, partyOf, type Party, type PartyState } from './party.ts';
import type { Next, Reply, Simple } from './places.ts';
import { type KeptView, type Listed, type Record } from './records.ts';
import type { Rules } from './rules.ts';
import { now, unit } from './scale.ts';
import { land, madePermanent } from './stores.ts';
import { spent, withParty, type World } from './world.ts';

type Emit = (next: World, what: string) => void;

/** All next actions of one party, and events at it. */
export function moves(rules: Rules, world: World, party: Party, emit: Emit): void {
  switch (party.stage) {
    case 'idle':
      if (isItsTurn(rules, world, party)) begin(rules, world, party, emit);
      return;
    case 'between':
      beginPost(world, party, emit);
      return;
    case 'main':
    case 'post':
      if (party.unseen !== null) wake(rules, world, party, emit);
      else act(rules, world, party, emit);
      if (isReady(party)) pause(world, party, emit);
      if (world.left.crash > 0) die(rules, world, party, emit);
      if (world.left.cancel > 0 && party.stage === 'main' && isBetweenRequests(party))
        cancel(rules, world, party, emit);
      return;
    case 'over':
    case 'dead':
      return;
  }
}

function isItsTurn({ options: { inTurn } }: Rules, { parties }: World, { who }: Party): boolean {
  const before = inTurn === null || who <= inTurn ? undefined : parties[who - 1];
  return before === undefined || (before.stage !== 'idle' && before.stage !== 'main');
}

/** The party pauses until its next step. */
function pause(world: World, party: Party, emit: Emit): void {
  const { left } = world;
  if (left.pause === 0 || left.pause === anyPause) return;
  emit({ ...withParty(world, partyOf({ ...party, paused: true })), left: spent(left, 'pause') }, 'stands still');
}

function askOf({ place }: Party): Ask {
  if (place === null) throw new TypeError('it asks for nothing');
  return place.ask;
}

/** Sends the request, or reads its response. A request with a time limit can be on its way for some ticks. */
function act(rules: Rules, world: World, party: Party, emit: Emit): void {
  const ask = askOf(party);
  const { carry } = rules.options.durations;
  if (party.flight < 0 && isBound(ask)) {
    if (!isInTime(ask.notAfter, world.today)) {
      answer(rules, world, party, party.tried ? 'lost' : 'late', `${ask.do} (too late)`, emit);
      return;
    }
    if (carry > 0) emit(withParty(world, partyOf({ ...party, flight: carry, paused: false })), `sends ${ask.do}`);
  }
  if (party.flight < 0 && world.left.lost > 0 && isChange(ask) && !party.tried) lose(rules, world, party, ask, emit);
  if (carry > 0 && party.flight < 0 && isBound(ask)) return;
  // A request without a response can restore something that is deleted meanwhile: the party waits for it.
  const { strays } = world.air;
  if (!rules.options.hasty && party.tried && ask.do === 'put' && strays.some(({ by }) => by === party.who)) return;
  perform(rules, world, party, ask, emit);
}

function perform(rules: Rules, world: World, party: Party, ask: Ask, emit: Emit): void {
  const { access } = world;
  switch (ask.do) {
    case 'save':
      answer(
        rules,
        withParty(world, partyOf({ ...party, saved: ask.progress })),
        party,
        'done',
        `saves ${ask.progress}`,
        emit,
      );
      return;
    case 'sleep':
      if (ask.until <= now) answer(rules, world, party, 'done', 'wakes', emit);
      return;
    case 'list':
      for (const listed of listings(rules, world, party)) {
        const view = rules.views.of(listed, { unit: world.today, fresh: world.fresh });
        answer(rules, world, party, view, 'lists', emit);
      }
      return;
    case 'read':
      for (const shown of readings(access, ask.expected))
        answer(rules, world, party, shown ? 'yes' : 'no', 'reads', emit);
      return;
    case 'deletions':
      answer(rules, world, party, access.operation?.what === 'delete' ? 'yes' : 'no', 'asks for deletions', emit);
      return;
    case 'history':
      answer(
        rules,
        world,
        party,
        party.proves >= 0 && party.proves * unit < ask.span.before ? 'yes' : 'no',
        'asks history',
        emit,
      );
      return;
    case 'await':
      follow(rules, world, party, ask.what === 'creation' ? 'create' : 'delete', emit);
      return;
    case 'put':
    case 'disable':
    case 'drop':
    case 'create':
    case 'delete':
      send(rules, world, party, ask, emit);
  }
}

function send(rules: Rules, world: World, party: Party, ask: Change, emit: Emit): void {
  const broken = orderBroken(rules, world, party, ask);
  const { world: after, reply } = land(rules, world, ask, party.who);
  const begun = (ask.do === 'create' || ask.do === 'delete') && reply === 'done';
  const own = after.parties[party.who]?.own === 'succeeded' ? 'succeeded' : 'running';
  const changed = begun ? withParty(after, partyOf({ ...party, own })) : isLast(party) ? madePermanent(after) : after;
  const told: Simple = party.tried && isOwn(rules, party, ask) ? repeated(ask, reply) : reply;
  answer(rules, broken === null ? changed : { ...changed, broken }, party, told, `${words(ask)}: ${told}`, emit);
}

/** A request that was sent before, without a response, has made the change that is found. */
function repeated(ask: Change, reply: Simple): Simple {
  if (ask.do === 'put' && reply === 'taken') return 'done';
  return ask.do === 'drop' && reply === 'missing' ? 'done' : reply;
}

function isOwn(rules: Rules, party: Party, ask: Change): boolean {
  if (ask.do === 'drop') return true;
  return ask.do === 'put' && rules.names[rules.slotOf(ask.record.name)]?.who === party.who;
}

/** Follows its own operation; without a known one, any running one of the kind. */
function follow(rules: Rules, world: World, party: Party, what: 'create' | 'delete', emit: Emit): void {
  switch (party.own) {
    case 'running':
      return;
    case 'succeeded':
    case 'failed': {
      const seen = partyOf({ ...party, own: 'none' });
      const told = withParty(world, seen);
      if (party.own === 'succeeded') answer(rules, told, seen, 'done', `its ${what} succeeded`, emit);
      else for (const word of ['failed', 'busy'] as const) answer(rules, told, seen, word, `its ${what} failed`, emit);
      return;
    }
    case 'none':
      if (world.access.operation?.what !== what) answer(rules, world, party, 'done', `no ${what} is running`, emit);
  }
}

/** The response arrives, and is used at once, or later. */
function answer(rules: Rules, world: World, party: Party, reply: Reply, what: string, emit: Emit): void {
  emit(stepped(rules, world, party.who, reply), what);
  if (world.left.stall === 0 || party.place?.isPrivate === true) return;
  const current = world.parties[party.who] ?? party;
  const stalled = partyOf({ ...current, unseen: reply, flight: -1 });
  emit({ ...withParty(world, stalled), left: spent(world.left, 'stall') }, `${what}, and stands still`);
}

function wake(rules: Rules, world: World, party: Party, emit: Emit): void {
  const { unseen } = party;
  if (unseen === null) return;
  emit(stepped(rules, world, party.who, unseen), 'goes on');
}

/** The party takes its step. */
function stepped(rules: Rules, before: World, who: number, reply: Reply): World {
  const party = before.parties[who];
  if (party?.place == null) throw new TypeError('it has no place');
  const world = typeof reply === 'string' ? before : revocationListed(rules, before, party, reply);
  const next = rules.places.step(party.place, reply, world.today);
  if (next.kind === 'end') return ended(rules, world, party, next);
  const moved = partyOf({ ...party, place: next.place, tried: false, flight: -1, unseen: null, paused: false });
  const proves = rules.isJudging(moved) ? provenBy(moved, reply) : -1;
  return withParty(world, partyOf({ ...moved, proves, overlooks: overlooks(world, party, moved) }));
}

/** True if it will call an access permanent that is just being ended, although it has looked for deletions. */
function overlooks({ access }: World, from: Party, { place }: Party): boolean {
  if (access.operation?.what !== 'delete' || place?.role !== 'holder') return false;
  return from.overlooks
    ? place.at.startsWith('keep-')
    : from.place?.at === 'keep-deletions' && place.at !== 'keep-pause';
}

/** Result of the history for the records of the party. */
function provenBy({ place, proves }: Party, reply: Reply): number {
  if (typeof reply === 'string' || place === null || !('span' in place.memory)) return proves;
  const { after } = place.memory.span;
  const units = reply.listed.flatMap(({ record }, index) =>
    (reply.rows[index]?.created ?? 0) >= after && record.proves >= 0 ? [record.proves] : [],
  );
  return units.length === 0 ? -1 : Math.min(...units);
}

function ended(rules: Rules, world: World, party: Party, next: Extract<Next, { readonly kind: 'end' }>): World {
  const { outcome } = next;
  const over = withParty(world, partyOf({ ...gone(party), stage: 'over', saved: 'nothing' }));
  if (typeof outcome !== 'string') return holderEnded(rules, world, party, outcome);
  if (outcome === 'suspect' && world.access.present && !world.access.permanent)
    return { ...over, broken: 'P5b: a sweep leaves what history proves to be a lease' };
  if (outcome !== 'permanent') return over;
  if (!world.access.present && !party.ended)
    return { ...over, broken: 'P1: permanent was reported, and there is no access' };
  return over;
}

/** The last request of making an access permanent deletes the own hold. */
function isLast({ place }: Party): boolean {
  return place?.role === 'permanent' && place.at === 'leave';
}

function holderEnded(rules: Rules, world: World, party: Party, outcome: HolderOutcome): World {
  switch (outcome.kind) {
    case 'held':
      return withParty(world, partyOf({ ...waiting(rules, party), success: true }));
    case 'kept': {
      const over = withParty(world, partyOf({ ...gone(party), stage: 'over', saved: 'nothing' }));
      return world.access.permanent || party.ended
        ? over
        : { ...over, broken: 'wrong keep: a lease was called permanent' };
    }
    case 'again': {
      const name = party.name + 1;
      if (name >= rules.options.names)
        return withParty(world, partyOf({ ...gone(party), stage: 'over', saved: 'nothing', quit: 'left' }));
      const renamed = partyOf({ ...gone(party), name, stage: 'main', saved: 'nothing' });
      return withParty(
        world,
        partyOf({ ...renamed, place: rules.places.enter('holder', 'join', newHolderOf(rules, renamed)) }),
      );
    }
    case 'released': {
      const isLeft = outcome.left !== 'to-timer' && outcome.left !== 'ended';
      const quit = party.quit !== 'none' ? party.quit : isLeft ? 'left' : 'timer';
      // The runner's state still has its progress: the post step reads again.
      if (party.stage === 'main' && (rules.options.postAnyway || outcome.left === 'unreleased'))
        return withParty(world, partyOf({ ...waiting(rules, party), quit }));
      return withParty(world, partyOf({ ...gone(party), stage: 'over', saved: 'nothing', quit }));
    }
  }
}

function gone(party: Party): PartyState {
  return { ...party, place: null, tried: false, flight: -1, unseen: null, paused: false, own: 'none', proves: -1 };
}

/** Its main step has ended; its post step can begin. */
function waiting(rules: Rules, party: Party): PartyState {
  return { ...gone(party), stage: 'between', resumes: resumingPlace(rules, party), saved: 'nothing' };
}

/** A revocation ends the access of the holders that it names: that is its task. */
function revocationListed(rules: Rules, world: World, party: Party, { listed }: KeptView): World {
  if (party.place?.role !== 'revoke') return world;
  return listed.reduce((it, { slot }) => {
    const { kind, end, who } = rules.names[slot] ?? { kind: 'mark', end: 0, who: -1 };
    const owner = it.parties[who];
    if (kind !== 'hold' || end === never || owner === undefined || world.today * unit >= end) return it;
    return withParty(it, partyOf({ ...owner, ended: true }));
  }, world);
}

/** Possible results of a read. An expected state is read again until it is there, or reads lag no longer. */
function readings({ present, before }: Assignment, expected: boolean | null): readonly boolean[] {
  if (before === null || before === present) return [present];
  return expected === null ? [present, before] : [expected];
}

/** Possible results of a list: each record as it is, or, where lists lag, as it was a moment ago. */
function listings(rules: Rules, world: World, party: Party): readonly (readonly Listed[])[] {
  let found: (readonly Listed[])[] = [[]];
  const listed = (slot: number, record: Record | null): readonly Listed[] => {
    if (record === null) return [];
    const { kind, who } = rules.names[slot] ?? { kind: 'mark', who: -1 };
    return [{ slot, record, asked: kind === 'timer' && record.enabled && who !== party.who }];
  };
  world.slots.forEach(({ record, before }, slot) => {
    if (record === null && before.length === 0) return;
    found = found.flatMap((rows) => [record, ...before].map((it) => [...rows, ...listed(slot, it)]));
  });
  return found;
}

function isChange(ask: Ask): ask is Change {
  return ask.do === 'put' || ask.do === 'disable' || ask.do === 'drop' || ask.do === 'create' || ask.do === 'delete';
}

type Bound = Ask & { readonly notAfter: Deadline };

function isBound(ask: Ask): ask is Bound {
  if (ask.do === 'create' || ask.do === 'delete') return true;
  return (ask.do === 'put' || ask.do === 'drop') && ask.notAfter !== null;
}

function isInTime({ mono, date }: Deadline, today: number): boolean {
  return now <= mono && today * unit + 1 < date;
}

/** Its arrival is unknown: it can still arrive. A change of a record is sent again, a start is not. */
function lose(rules: Rules, world: World, party: Party, ask: Change, emit: Emit): void {
  const lost = { ...strayed(rules, world, party, ask), left: spent(world.left, 'lost') };
  if (ask.do === 'create' || ask.do === 'delete') emit(stepped(rules, lost, party.who, 'lost'), `${ask.do} is lost`);
  else emit(withParty(lost, partyOf({ ...party, tried: true })), `${words(ask)} is lost`);
}

function strayed(rules: Rules, world: World, party: Party, ask: Change): World {
  const left = party.flight >= 0 ? party.flight : rules.options.durations.carry;
  const stray = { ask, by: party.who, isLast: isLast(party), left };
  return { ...world, air: airOf({ ...world.air, strays: [...world.air.strays, stray] }) };
}

/** A request that it was about to send, or has sent, can arrive afterwards. */
function withAndWithoutStray(rules: Rules, world: World, party: Party, go: (from: World, what: string) => void): void {
  const ask = askOf(party);
  go(world, '');
  if (!isChange(ask) || party.unseen !== null) return;
  if (party.flight < 0 && isBound(ask) && !isInTime(ask.notAfter, world.today)) return;
  go(strayed(rules, world, party, ask), `, ${words(ask)} under way`);
}

function die(rules: Rules, world: World, party: Party, emit: Emit): void {
  const isMain = party.stage === 'main' && party.place?.role === 'holder' && party.saved !== 'nothing';
  withAndWithoutStray(rules, world, party, (from, what) => {
    const quit = hasDropped(party.place?.at ?? '') ? 'timer' : party.quit;
    const dead = isMain
      ? { ...waiting(rules, party), quit }
      : { ...gone(party), stage: 'dead' as const, saved: 'nothing' as const };
    emit({ ...withParty(from, partyOf(dead)), left: spent(world.left, 'crash') }, `dies${what}`);
  });
}

function cancel(rules: Rules, world: World, party: Party, emit: Emit): void {
  const { place } = party;
  if (place === null) return;
  const left = spent(world.left, 'cancel');
  const goOn = (at: string, memory: Holder | Permanent): World => {
    const to = rules.places.enter(place.role, at, memory);
    const goesOn = partyOf({ ...party, place: to, tried: false, flight: -1, unseen: null, paused: false, proves: -1 });
    return { ...withParty(world, goesOn), left };
  };
  if (place.role === 'holder' && !isLeaving(place.at)) {
    const moment = { mono: now, date: world.today * unit + 1 };
    const { to, memory } = rules.steps.giveUp(place.memory as Holder, 'abandoned', moment);
    emit(goOn(to, memory), 'is told to stop');
  }
  if (place.role === 'permanent') {
    const go = rules.steps.breakOff(place.memory as Permanent);
    if ('to' in go) emit(goOn(go.to, go.memory), 'is told to stop');
    else {
      const over = ended(rules, world, party, { kind: 'end', outcome: go.end, memory: go.memory });
      emit({ ...over, left }, 'is told to stop');
    }
  }
}

/** The driver checks its time limit after each response. */
function isBetweenRequests({ flight, tried, unseen }: Party): boolean {
  return flight < 0 && !tried && unseen === null;
}

/** P4: runner state, then hold, then timer, then the access. */
function orderBroken(rules: Rules, { slots }: World, party: Party, ask: Change): string | null {
  if (party.place?.role !== 'holder' || party.stage !== 'main' || isLeaving(party.place.at)) return null;
  const memory = party.place.memory as Holder;
  if (ask.do === 'create') {
    const isReady = party.saved === 'creating' && memory.armed && memory.heldAt > 0;
    return isReady ? null : 'P4: the access before its records';
  }
  if (ask.do !== 'put' || rules.names[rules.slotOf(ask.record.name)]?.who !== party.who) return null;
  if (ask.record.name.kind === 'hold') return party.saved === 'nothing' ? 'P4: a hold before the state' : null;
  const hasHold = slots[rules.slotOf({ ...ask.record.name, kind: 'hold' })] !== undefined && memory.heldAt > 0;
  return party.saved === 'arming' && hasHold ? null : 'P4: a timer before its hold';
}

function words(ask: Change): string {
  switch (ask.do) {
    case 'put':
      return `put ${ask.record.name.kind} ${ask.record.name.holder}${ask.record.enabled ? ` at ${ask.record.firesAt / unit}` : ''}`;
    case 'disable':
    case 'drop':
      return `${ask.do} ${ask.name.kind} ${ask.name.holder}`;
    case 'create':
    case 'delete':
      return ask.do;
  }
}
