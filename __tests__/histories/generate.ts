import type { Effect } from '../../rehearsal/script.ts';
import { createDraw, type Draw } from '../property/draw.ts';
import { onAws } from './aws/ways.ts';
import { onAzure } from './azure/ways.ts';
import { onPim } from './pim/ways.ts';
import {
  minute,
  second,
  type Actor,
  type SideName,
  type Ending,
  type Hand,
  type History,
  type Job,
  type Moment,
  type Order,
  type SweepRun,
  type Trouble,
} from './plan.ts';
import type { Ways } from './ways.ts';

const waysOf: Readonly<Record<SideName, Ways>> = { aws: onAws, azure: onAzure, pim: onPim };

/** The n-th history of a seed and a side: always the same. */
export function planHistory(seed: number, number: number, of: SideName = 'aws'): History {
  const draw = createDraw(Math.imul(seed, 1_000_003) + number);
  const grants = draw.percent(20) ? 2 : 1;
  const ways = waysOf[of];
  const surroundings = ways.surroundings(draw, grants);
  const jobs = draw.pick(ways.jobs);
  const others = [
    ...(draw.percent(ways.sweeps) ? (['sweep'] as const) : []),
    ...ways.others.flatMap(([kind, share]) => (draw.percent(share) ? [kind] : [])),
  ];
  const actors: Actor[] = [];
  const moments: number[] = [];
  for (let index = 0; index < jobs; index += 1) {
    const job = jobOf(draw, ways, String.fromCharCode(65 + index), grants, moments);
    actors.push(job);
    moments.push(...momentsOf(job, surroundings.startAt, ways.takesMs(surroundings)));
  }
  for (const other of others.slice(0, 5 - jobs)) {
    if (other === 'sweep') actors.push(sweepOf(draw, ways, moments, actors));
    else if (other === 'hand') actors.push(handOf(draw, moments, grants));
    else actors.push(orderOf(draw, ways, other, moments, grants));
  }
  return { seed, number, name: `${seed}/${number}`, surroundings, grants, actors };
}

function jobOf(draw: Draw, ways: Ways, name: string, grants: number, moments: readonly number[]): Job {
  const lifetimeMinutes = draw.pick(ways.lifetimesMinutes);
  const ending = endingOf(draw, ways);
  const all = Array.from({ length: grants }, (_, index) => index);
  const both = grants === 1 || draw.percent(60);
  return {
    kind: 'job',
    name,
    startMs: moments.length === 0 ? 5 * second : near(draw, moments),
    grants: both ? all : [draw.int(grants)],
    lifetimeMinutes,
    timeoutMinutes: draw.pick([5, 5, 10]),
    skewMs: draw.percent(20) ? draw.int(480) * second - 240 * second : 0,
    trouble: troubleOf(draw, ways, 60, ways.joining, both && grants > 1),
    stayMs: ways.stayMs(draw, lifetimeMinutes),
    ending,
    lostAfterMs: draw.percent(8) ? draw.int(20 * 60) * second : null,
  };
}

function endingOf(draw: Draw, ways: Ways): Ending {
  const dice = draw.int(100);
  if (dice < 58) return { kind: 'post', trouble: troubleOf(draw, ways, 58, ways.leaving, true) };
  if (dice < 80) return { kind: 'dies', toldAfterMs: draw.percent(70) ? draw.int(300) * second : null };
  if (dice < 90)
    return {
      kind: 'kept',
      release: draw.percent(60) ? { trouble: troubleOf(draw, ways, 25, ways.leaving, true) } : null,
    };
  return {
    kind: 'extended',
    keep: draw.percent(50),
    lifetimeMinutes: draw.pick([5, 6, 8, 10, 20]),
    trouble: troubleOf(draw, ways, 35, [...ways.joining, ...ways.leaving], true),
    stayMs: draw.int(120) * second,
    release: draw.percent(70) ? { trouble: troubleOf(draw, ways, 25, ways.leaving, true) } : null,
  };
}

function sweepOf(draw: Draw, ways: Ways, moments: readonly number[], actors: readonly Actor[]): SweepRun {
  const jobs = actors.map(({ startMs }) => startMs);
  // A sweep checks a hold after a quarter of an hour.
  const startMs = draw.percent(45) ? draw.pick(jobs) + (15 * 60 + draw.int(400)) * second : near(draw, moments);
  return {
    kind: 'sweep',
    name: 'S',
    startMs,
    skewMs: draw.percent(15) ? draw.int(480) * second - 240 * second : 0,
    trouble: troubleOf(draw, ways, 40, ways.leaving, true),
  };
}

function handOf(draw: Draw, moments: readonly number[], grants: number): Hand {
  return {
    kind: 'hand',
    name: 'H',
    startMs: near(draw, moments),
    grant: draw.int(grants),
    when: draw.percent(65) ? 'free' : 'anytime',
  };
}

function orderOf(draw: Draw, ways: Ways, kind: Order['kind'], moments: readonly number[], grants: number): Order {
  return {
    kind,
    name: kind === 'permanent' ? 'P' : 'R',
    startMs: near(draw, moments),
    grant: draw.int(grants),
    skewMs: 0,
    trouble: troubleOf(draw, ways, 40, [...ways.joining, ...ways.leaving], true),
  };
}

/** Times of events: other jobs come at about the same times. */
function momentsOf({ startMs, lifetimeMinutes, stayMs }: Job, startAt: number, takesMs: number): readonly number[] {
  const taken = startMs + takesMs;
  const end = Math.floor((startAt + startMs + lifetimeMinutes * minute) / minute) * minute - startAt;
  return [startMs, taken, taken + stayMs, taken + stayMs, end, end + overMs];
}

/** Time after its end by which a lease is over for all. */
const overMs = 3 * minute;

function near(draw: Draw, moments: readonly number[]): number {
  const moment = draw.pick(moments);
  const shift = draw.percent(75) ? draw.int(50) - 8 : draw.int(400) - 150;
  return Math.max(second, moment + shift * second + draw.int(second));
}

/**
 * @param several true if more than one request can be on its way: no process is then suspended for long, since a
 * request would be sent after any wait
 */
function troubleOf(
  draw: Draw,
  { mostRequests, lateSeconds }: Ways,
  share: number,
  operations: readonly string[],
  several: boolean,
): Trouble | null {
  if (!draw.percent(share)) return null;
  const at: Moment = draw.percent(50)
    ? { operation: null, nth: 1 + draw.int(mostRequests) }
    : { operation: draw.pick(operations), nth: draw.pick([1, 1, 2]) };
  const dice = draw.int(100);
  if (dice < 64) return signalOf(draw, at, lateSeconds);
  if (dice < 72) return { kind: 'cancel', at };
  if (dice < 84)
    return {
      kind: 'stop',
      at,
      forMs: draw.int(several ? lateSeconds : draw.pick([20, 90, 400, 1_200])) * second + 500,
    };
  if (dice < 92) return { kind: 'fault', at, effect: hanging(draw) };
  return { kind: 'late', at, lateMs: second + draw.int(lateSeconds * second) };
}

function signalOf(draw: Draw, at: Moment, lateSeconds: number): Trouble {
  const signal = draw.pick(['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGINT'] as const);
  const carriedOut = draw.percent(65);
  const isLate = draw.percent(25);
  // A process that is not killed gets a response, or waits for one.
  const fate: Effect | null =
    isLate || (signal !== 'SIGKILL' && draw.percent(60)) ? null : { kind: 'hang', processed: carriedOut };
  return { kind: 'signal', at, signal, fate, lateMs: isLate ? second + draw.int(lateSeconds * second) : 0 };
}

function hanging(draw: Draw): Effect {
  if (draw.percent(40)) return { kind: 'delay', ms: (1 + draw.int(60)) * second };
  return { kind: 'hang', processed: draw.percent(60) };
}
