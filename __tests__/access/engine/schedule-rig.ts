import type { Budget } from '../../../src/access/clock.ts';
import type { ChangeKind, Limits } from '../../../src/access/cloud.ts';
import { createSchedule, type Place, type Schedule } from '../../../src/access/engine/schedule.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';

const never = new AbortController().signal;

/** One that wants a place. */
export interface One {
  readonly place: Place;
  /** Requests a place and does not wait for it. */
  readonly want: (budget?: Budget) => Promise<boolean>;
}

export interface Rig {
  readonly clock: FakeClock;
  readonly schedule: Schedule;
  readonly stop: () => void;
  readonly signal: AbortSignal;
  readonly one: (name: string, lane?: string | null, kind?: ChangeKind) => One;
  /** Grants that got a place, in order, once no more can happen. */
  readonly given: () => Promise<readonly string[]>;
}

export function setUp(limits: Limits = { inFlight: 2, outstanding: {} }): Rig {
  const clock = createFakeClock();
  const controller = new AbortController();
  const schedule = createSchedule(limits, clock, controller.signal);
  const given: string[] = [];
  return {
    clock,
    schedule,
    signal: controller.signal,
    stop: () => {
      controller.abort(new Error('stopped'));
    },
    one(name, lane = null, kind = 'create') {
      const place = schedule.placeFor(kind, lane);
      const want = async (budget?: Budget): Promise<boolean> => {
        const got = await place.take(budget);
        if (got) given.push(name);
        return got;
      };
      return { place, want };
    },
    async given() {
      await clock.during(clock.sleep(0, never));
      return given;
    },
  };
}

/** Makes some that want places at once, named by their lanes and numbers. */
export function queue({ one }: Rig, lanes: readonly (string | null)[], kind?: ChangeKind): ReadonlyMap<string, One> {
  const all = new Map<string, One>();
  for (const [index, lane] of lanes.entries()) {
    const name = `${lane ?? ''}${index}`;
    const it = one(name, lane, kind);
    all.set(name, it);
    void it.want();
  }
  return all;
}

export const placeOf = (all: ReadonlyMap<string, One>, name: string): Place => {
  const it = all.get(name);
  if (it === undefined) throw new Error(`no change has the name ${name}`);
  return it.place;
};
