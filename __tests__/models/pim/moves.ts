import type { Moment, Turn } from '../../../src/access/leases/protocol/protocol.ts';
import type { Answer, Ask } from '../../../src/azure/leases/pim/steps/asks.ts';
import { unit, type Rules } from './rules.ts';
import { carriedOut, landings, looks, replaced, standings, verdicts } from './store.ts';
import type { Faults, Member, Memory, Party, World } from './world.ts';

export type Emit = (next: World, who: string, what: string) => void;

/** Some minutes of a unit are over once an access that began in it is no longer young. */
function now({ constants }: Rules, { today, stored: { schedule } }: World): Moment {
  const isAged = schedule?.young === false && schedule.start === today * unit;
  return { mono: 0, date: today * unit + (isAged ? constants.youngest : 0) };
}

/** All possible next states. */
export function moves(rules: Rules, world: World, emit: Emit): void {
  world.parties.forEach((party, who) => {
    const member = rules.options.cast[who];
    if (member === undefined) throw new RangeError(`there is no member ${who}`);
    const say = (next: World, what: string): void => {
      emit(next, member.name, what);
    };
    const at: Seat = { rules, world, who, party, member };
    begins(at, say);
    acts(at, say);
    dies(at, say);
  });
  world.strays.forEach((flight, index) => {
    const rest = { ...world, strays: world.strays.toSpliced(index, 1) };
    for (const { world: after, what } of landings(rules, rest, flight))
      emit(after, 'cloud', `a stray ${flight.ask.wish.type} lands: ${what}`);
    emit(rest, 'cloud', `a stray ${flight.ask.wish.type} never lands`);
  });
  for (const { world: after, what } of carriedOut(world)) emit(after, 'cloud', what);
  ticks(rules, world, emit);
}

interface Seat {
  readonly rules: Rules;
  readonly world: World;
  readonly who: number;
  readonly party: Party;
  readonly member: Member;
}
type Say = (next: World, what: string) => void;

function seated({ world, who, party }: Seat, change: Partial<Party>, more: Partial<World> = {}): World {
  return { ...world, ...more, parties: world.parties.with(who, { ...party, ...change }) };
}

function enter(it: Seat, phase: string, memory: Memory, change: Partial<Party>): World {
  return turned(it, it.rules.protocols[it.member.role].enter(phase, memory), change);
}

/** State of a party after a step. */
function turned(it: Seat, turn: Turn<Memory, Ask, unknown>, change: Partial<Party> = {}): World {
  if (turn.kind === 'ask') return seated(it, { ...change, place: turn.place, flight: null });
  const outcome = turn.outcome as
    string | { readonly kind: string; readonly left?: string; readonly uncounted?: boolean };
  const kind = typeof outcome === 'string' ? outcome : outcome.kind;
  const left = typeof outcome === 'string' ? undefined : outcome.left;
  const uncounted = typeof outcome !== 'string' && outcome.uncounted === true;
  const stage = kind === 'held' ? 'held' : 'done';
  return seated(it, { ...change, stage, place: null, flight: null, outcome: left ?? (uncounted ? 'uncounted' : kind) });
}

function begins(it: Seat, say: Say): void {
  const { rules, world, party, member } = it;
  const { steps, constants } = rules;
  const { name: holder } = member;
  const newHolder = (): ReturnType<typeof steps.newHolder> =>
    steps.newHolder({ constants, holder, end: member.end * unit, replaces: null });
  if (party.stage === 'held' || party.stage === 'cut') {
    if (party.saved === null || party.saved === 'over') {
      say(seated(it, { stage: 'done', outcome: 'nothing' }), 'post has nothing to do');
      return;
    }
    const { to, memory } = steps.resumed(newHolder(), party.saved, now(rules, world));
    say(enter(it, to, memory, { stage: 'post' }), 'post begins');
  }
  if (party.stage !== 'waiting') return;
  if (member.role === 'holder') {
    say(enter(it, 'look', newHolder(), { stage: 'main' }), 'main begins');
    return;
  }
  say(
    { ...enter(it, 'leave', steps.newRevocation(constants, now(rules, world)), { stage: 'work' }), overruled: true },
    'begins',
  );
}

function acts(it: Seat, say: Say): void {
  const { rules, world, party, member, who } = it;
  const { place, flight } = party;
  if (place === null) return;
  const protocol = rules.protocols[member.role];
  const answered = (at: Seat, answer: Answer): World => turned(at, protocol.step(place, answer, now(rules, at.world)));
  if (flight !== null) {
    for (const { world: after, answer, what } of landings(rules, world, flight))
      say(answered({ ...it, world: after }, answer), `${flight.ask.wish.type} ${flight.name} lands: ${what}`);
    if (world.left.lost > 0) {
      const without = { ...stray(it), left: spent(world, 'lost') };
      say(answered({ ...it, world: without }, { is: 'lost', name: flight.name }), 'loses the answer');
    }
    return;
  }
  const turn = protocol.enter(place.at, place.memory);
  if (turn.kind !== 'ask') throw new TypeError('a place asks for something');
  const { ask } = turn;
  switch (ask.do) {
    case 'save':
      say(
        turned(it, protocol.step(place, { is: 'done' }, now(rules, world)), { saved: ask.progress }),
        `saves ${ask.progress}`,
      );
      return;
    case 'sleep':
      if (ask.until <= 0) say(answered(it, { is: 'done' }), 'wakes up');
      return;
    case 'look':
      for (const seen of looks(rules, world)) {
        const end = seen.schedule === null ? 'none' : String(seen.schedule.end);
        const beside = seen.plain === null ? '' : ` (a ${seen.plain.is} role assignment)`;
        const told = `${end}${beside} ${seen.requests.map(({ name, standing }) => `${name}:${standing}`).join(' ')}`;
        say(answered(it, { is: 'seen', seen, asOf: 0 }), `sees ${told}`);
      }
      return;
    case 'verify':
      for (const answer of verdicts(world, ask.expected)) say(answered(it, answer), `verifies: ${answer.is}`);
      return;
    case 'follow':
      for (const answer of standings(world, ask.name))
        say(answered(it, answer), `follows ${ask.name}: ${answer.is === 'stands' ? answer.standing : answer.is}`);
      return;
    case 'cancel':
      say(answered(it, { is: 'again' }), 'cannot take it back any more');
      return;
    case 'request': {
      if (0 > ask.notAfter.mono || world.today * unit > ask.notAfter.date) {
        say(answered(it, { is: 'late' }), 'is late');
        return;
      }
      const arrived = world.stored.requests.filter(({ holder }) => holder === member.name).length;
      const underway = world.strays.filter((flight) => flight.who === who).length;
      const name = `${member.name}${arrived + underway + 1}`;
      const going = { ask, name, who, left: rules.constants.flight };
      say(seated(it, { flight: going }), `sends ${ask.wish.type} ${'end' in ask.wish ? ask.wish.end : ''}`);
    }
  }
}

function dies(it: Seat, say: Say): void {
  const { world, party, member } = it;
  if (member.role !== 'holder') return;
  const isAtWork = party.stage === 'main' || party.stage === 'post';
  if (world.left.crash > 0 && (isAtWork || party.stage === 'held'))
    say({ ...gone(it, 'lost'), left: spent(world, 'crash') }, 'dies with its runner');
  if (world.left.kill > 0 && party.stage === 'main')
    say({ ...gone(it, 'cut'), left: spent(world, 'kill') }, 'is killed');
}

function gone(it: Seat, stage: 'lost' | 'cut'): World {
  return seated({ ...it, world: stray(it) }, { stage, place: null, flight: null });
}

/** Continues requests on their way without their sender. */
function stray({ world, party: { flight } }: Seat): World {
  return flight === null ? world : { ...world, strays: [...world.strays, flight] };
}

function spent({ left }: World, kind: keyof Faults): Faults {
  return { ...left, [kind]: left[kind] - 1 };
}

/** Moves time: a tick, five minutes, or into the next unit of the date. */
function ticks(rules: Rules, world: World, emit: Emit): void {
  const flights = [...world.strays, ...world.parties.flatMap(({ flight }) => flight ?? [])];
  const { schedule } = world.stored;
  if (flights.every(({ left }) => left > 0)) emit(later(rules, world, 1), 'time', 'a tick');
  if (flights.length > 0) return;
  const long = later(rules, world, longOf(rules));
  const grown = { ...long, stored: { ...long.stored, schedule: schedule && { ...schedule, young: false } } };
  if (schedule?.young === true) emit(grown, 'time', 'five minutes');
  if (world.today >= rules.lastUnit) return;
  const today = world.today + 1;
  const isOver = schedule !== null && schedule.end !== null && today * unit >= schedule.end;
  const next = { ...grown, today };
  emit(isOver ? replaced(next, { ...next.stored, schedule: null }) : next, 'time', `it is ${today}`);
}

/** Number of ticks after which all counted times are over, and an access is no longer young. */
function longOf({ constants: { settle, flight, youngest } }: Rules): number {
  return Math.max(settle + flight + 1, youngest);
}

function later(rules: Rules, world: World, by: number): World {
  const { constants } = rules;
  const aged = <T extends { readonly left: number }>(it: T): T => ({ ...it, left: it.left - by });
  const { fresh, readLag } = constants;
  return {
    ...world,
    before: world.before.map((it) => ({ ...it, age: it.age + by })).filter(({ age }) => age <= readLag),
    strays: world.strays.map(aged),
    parties: world.parties.map((party) => {
      const { place, flight } = party;
      if (place === null) return party;
      const { memory } = place;
      const instants = {
        readAt: Math.max(memory.readAt - by, -fresh - 1),
        settledAt: Math.max(memory.settledAt - by, 0),
        // Single ticks do not bring minutes nearer.
        sleepUntil:
          memory.sleepUntil > constants.settle + constants.flight && by === 1
            ? memory.sleepUntil
            : Math.max(memory.sleepUntil - by, 0),
      };
      return { ...party, place: { ...place, memory: { ...memory, ...instants } }, flight: flight && aged(flight) };
    }),
  };
}
