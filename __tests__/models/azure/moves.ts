import type { Moment, Turn } from '../../../src/access/leases/protocol/protocol.ts';
import type { Answer, Ask } from '../../../src/azure/leases/steps/asks.ts';
import { unit, type Rules } from './rules.ts';
import { landed, readable, shown } from './store.ts';
import type { Faults, Member, Memory, Party, World, Write } from './world.ts';

export type Emit = (next: World, who: string, what: string) => void;

const now = (world: World): Moment => ({ mono: 0, date: world.today * unit });

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
    stops(at, say);
    dies(at, say);
  });
  world.strays.forEach(({ ask }, index) => {
    const rest = { ...world, strays: world.strays.toSpliced(index, 1) };
    emit(landed(rules, rest, ask).world, 'cloud', `a stray ${ask.do} lands`);
    emit(rest, 'cloud', `a stray ${ask.do} never lands`);
  });
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
  return ended(it, turn.outcome, change);
}

function ended(it: Seat, outcome: unknown, change: Partial<Party>): World {
  const { kind, left } = (typeof outcome === 'string' ? { kind: outcome } : outcome) as { kind: string; left?: string };
  const said = left ?? kind;
  const stage = kind === 'held' ? 'held' : 'done';
  const { world, member } = it;
  const made = member.role === 'permanent' && said === 'permanent';
  return seated(
    it,
    { ...change, stage, place: null, flight: null, outcome: said },
    { madePermanent: world.madePermanent || made },
  );
}

/** True if a holder's job is over, by GitHub's report. */
function isOver({ stage, outcome }: Party): boolean {
  return stage === 'lost' || (stage === 'done' && outcome !== null);
}

/** The holders whose jobs GitHub shows as ended. */
function endedIn({ options: { cast, github } }: Rules, { parties }: World): readonly string[] {
  return cast.flatMap(({ role, name }, who) => {
    const party = parties[who];
    return github !== 'never' && role === 'holder' && party !== undefined && isOver(party) ? [name] : [];
  });
}

function isQuiet({ parties, strays }: World, but: number): boolean {
  return strays.length === 0 && parties.every(({ stage }, who) => who === but || stage === 'lost' || stage === 'done');
}

function begins(it: Seat, say: Say): void {
  const { rules, world, party, member } = it;
  const { steps, constants } = rules;
  const newHolder = (): ReturnType<typeof steps.newHolder> =>
    steps.newHolder({ constants, holder: member.name, end: member.end * unit, keepAfterJob: false });
  const ended = endedIn(rules, world);
  if (party.stage === 'held' || party.stage === 'cut') {
    const { to, memory } = steps.resumed(newHolder(), party.saved ?? 'holding', now(world));
    if (party.saved === null) say(seated(it, { stage: 'done', outcome: 'nothing' }), 'post has nothing to do');
    else say(enter(it, to, memory, { stage: 'post' }), 'post begins');
  }
  if (party.stage !== 'waiting') return;
  switch (member.role) {
    case 'holder': {
      say(enter(it, 'find', newHolder(), { stage: 'main' }), 'main begins');
      return;
    }
    case 'sweep': {
      say(enter(it, 'leave', steps.newSweep(constants, ended, now(world)), { stage: 'work' }), 'begins');
      return;
    }
    case 'last-sweep':
      if (world.today < rules.lastUnit || !isQuiet(world, it.who)) return;
      {
        say(enter(it, 'leave', steps.newSweep(constants, ended, now(world)), { stage: 'work' }), 'begins');
        return;
      }
    case 'permanent': {
      say(
        { ...enter(it, 'find', steps.newPermanent(constants, now(world)), { stage: 'work' }), overruled: true },
        'begins',
      );
      return;
    }
    case 'revoke': {
      say(
        { ...enter(it, 'leave', steps.newLeaving(constants, now(world).mono), { stage: 'work' }), overruled: true },
        'begins',
      );
      return;
    }
  }
}

function acts(it: Seat, say: Say): void {
  const { rules, world, party, member } = it;
  const { place, flight } = party;
  if (place === null) return;
  const protocol = rules.protocols[member.role];
  const answered = (at: Seat, answer: Answer): World => turned(at, protocol.step(place, answer, now(at.world)));
  if (flight !== null) {
    const { world: after, answer } = landed(rules, world, flight.ask);
    say(answered({ ...it, world: after }, answer), `${flight.ask.do} lands: ${answer.is}`);
    if (world.left.lost > 0)
      say(answered({ ...it, world: { ...stray(it), left: spent(world, 'lost') } }, { is: 'lost' }), 'loses the answer');
    return;
  }
  const turn = protocol.enter(place.at, place.memory);
  if (turn.kind !== 'ask') throw new TypeError('a place asks for something');
  const { ask } = turn;
  switch (ask.do) {
    case 'save': {
      say(
        turned(it, protocol.step(place, { is: 'done' }, now(world)), { saved: ask.progress }),
        `saves ${ask.progress}`,
      );
      return;
    }
    case 'sleep':
      if (ask.until <= 0) say(answered(it, { is: 'done' }), 'wakes up');
      return;
    case 'get':
      for (const ended of endedAsTold(it, ask.jobs))
        for (const answer of readable(rules, world, ask.expected, ended))
          say(answered({ ...it, world: shown(rules, world, answer) }, answer), `reads ${told(answer)}`);
      return;
    case 'create':
    case 'write':
    case 'delete':
      if (0 > ask.notAfter.mono || world.today * unit > ask.notAfter.date) {
        say(answered(it, { is: 'late' }), 'is late');
        return;
      }
      {
        say(seated(it, { flight: { ask, left: rules.constants.flight } }), `sends ${ask.do} ${sent(ask)}`);
        return;
      }
  }
}

/** Reports about the jobs of others that a leaving holder can get: GitHub can also fail to respond. */
function endedAsTold({ rules, world, member }: Seat, jobs: boolean): readonly (readonly string[])[] {
  const ended = jobs && member.role === 'holder' ? endedIn(rules, world) : [];
  return ended.length === 0 || rules.options.github === 'always' ? [ended] : [[], ended];
}

/** Ends the time limit of a join, between one request and the next. */
function stops(it: Seat, say: Say): void {
  const { rules, world, party, member } = it;
  const { place, flight } = party;
  if (world.left.limit === 0 || member.role !== 'holder' || party.stage !== 'main' || place === null) return;
  if (flight !== null || !Object.hasOwn(rules.steps.joinPhases, place.at) || place.at.startsWith('save-')) return;
  const after: Seat = { ...it, world: { ...world, left: spent(world, 'limit') } };
  const go = rules.steps.giveUp(place.memory as Parameters<typeof rules.steps.giveUp>[0], 'abandoned', now(world));
  const next = 'end' in go ? ended(after, go.end, {}) : enter(after, go.to, go.memory, {});
  say(next, 'has no time left');
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

/** Moves time: a tick, or into the next unit of the date. */
function ticks(rules: Rules, world: World, emit: Emit): void {
  const flights = [...world.strays, ...world.parties.flatMap(({ flight }) => flight ?? [])];
  if (flights.every(({ left }) => left > 0)) emit(later(rules, world, 1), 'time', 'a tick');
  if (flights.length === 0 && world.today < rules.lastUnit)
    emit(
      { ...later(rules, world, rules.constants.settle + 1), today: world.today + 1 },
      'time',
      `it is ${world.today + 1}`,
    );
}

function later({ constants, options }: Rules, world: World, by: number): World {
  const aged = <T extends { readonly left: number }>(it: T): T => ({ ...it, left: it.left - by });
  const { fresh, readLag } = constants;
  return {
    ...world,
    before: world.before
      .map((it) => ({ ...it, age: it.age + by }))
      .filter(({ age, over }) => age <= (over === true ? readLag : options.lag)),
    strays: world.strays.map(aged),
    parties: world.parties.map((party) => {
      const { place, flight } = party;
      if (place === null) return party;
      const { memory } = place;
      const instants = {
        readAt: Math.max(memory.readAt - by, -fresh - 1),
        settledAt: Math.max(memory.settledAt - by, 0),
        ...('sleepUntil' in memory ? { sleepUntil: Math.max(memory.sleepUntil - by, 0) } : {}),
      };
      return { ...party, place: { ...place, memory: { ...memory, ...instants } }, flight: flight && aged(flight) };
    }),
  };
}

function told(answer: Answer): string {
  if (answer.is !== 'lease') return answer.is;
  const over = answer.ended.length === 0 ? '' : `, over: ${answer.ended.join(' ')}`;
  return `${answer.name}: ${answer.entries.map(({ holder }) => holder).join(' ')}${over}`;
}

function sent(ask: Write): string {
  const entries = 'entries' in ask && ask.entries !== null ? ask.entries.map(({ holder }) => holder).join(' ') : '';
  return `${'name' in ask ? ask.name : 'fresh'} ${entries}`;
}
