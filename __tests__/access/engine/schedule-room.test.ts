import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import type { Limits } from '../../../src/access/cloud.ts';
import type { Place } from '../../../src/access/engine/schedule.ts';
import { epoch } from '../fake-clock.ts';
import { placeOf, queue, setUp, type One, type Rig } from './schedule-rig.ts';

const never = new AbortController().signal;

describe('conclusions from refusals', () => {
  const limits: Limits = { inFlight: 100, outstanding: { create: 10 } };
  const many = (length: number): readonly string[] => Array.from({ length }, (_, index) => `lane-${index}-`);

  /** Ten hold a place, and 190 wait for one. */
  async function tenOfMany(): Promise<
    Rig & { readonly held: readonly Place[]; readonly all: ReadonlyMap<string, One> }
  > {
    const rig = setUp(limits);
    const all = queue(rig, many(200));
    expect(await rig.given()).toHaveLength(10);
    return { ...rig, all, held: [...all.values()].slice(0, 10).map(({ place }) => place) };
  }

  /** Number of all that want a place that get one when those ten are gone. */
  async function roomAfter({ held, given, schedule }: Awaited<ReturnType<typeof tenOfMany>>): Promise<number> {
    for (const place of held) place.leave();
    await given();
    return schedule.inFlight();
  }

  test('there is less room than assumed: no other change begins where one was refused', async () => {
    const rig = await tenOfMany();
    for (const place of rig.held.slice(0, 5)) {
      place.refused();
      place.give();
    }
    expect(await rig.given()).toHaveLength(10);
    expect(rig.schedule.inFlight()).toBe(5);
    expect(await roomAfter(rig)).toBe(5);
  });

  test("there is at least room for this run's running operations", async () => {
    const rig = await tenOfMany();
    for (const place of rig.held) place.refused();
    expect(await roomAfter(rig)).toBe(9);
  });

  test('one that is refused again and again logs it once', async () => {
    const rig = await tenOfMany();
    rig.held[0]?.refused();
    for (const place of rig.held.slice(1, 5)) place.give();
    for (let i = 0; i < 50; i += 1) rig.held[0]?.refused();
    expect(await roomAfter(rig)).toBe(9);
  });

  test("while few of this run's operations run, a refusal limits only its own lane", async () => {
    const rig = setUp(limits);
    const few = queue(rig, many(5));
    await rig.given();
    for (const { place } of few.values()) place.refused();
    queue(rig, ['x', 'y', 'z', 'u', 'v', 'w', 'r', 's', 't']);
    await rig.given();
    expect(rig.schedule.inFlight()).toBe(10);
  });

  test('a refusal does not limit the room where a kind has no limit of its own', async () => {
    const rig = setUp({ inFlight: 10, outstanding: { create: 1 } });
    const all = queue(rig, many(30), 'remove');
    await rig.given();
    for (const { place } of all.values()) place.refused();
    for (const { place } of [...all.values()].slice(0, 10)) place.leave();
    await rig.given();
    expect(rig.schedule.inFlight()).toBe(10);
  });

  test('there is always room for one', async () => {
    const rig = await tenOfMany();
    for (const place of rig.held) {
      place.refused();
      place.give();
      await rig.given();
    }
    expect(rig.schedule.inFlight()).toBeGreaterThanOrEqual(1);
    expect(await roomAfter(rig)).toBeGreaterThanOrEqual(1);
  });

  test('accepted starts restore the room, up to the first value', async () => {
    const rig = await tenOfMany();
    for (const place of rig.held) {
      place.refused();
      place.give();
    }
    for (let i = 0; i < 500; i += 1) rig.held[0]?.accepted();
    expect(await roomAfter(rig)).toBe(10);
  });
});

describe('one that was refused', () => {
  test('gives untried lanes priority, and comes before the rest of the tried ones', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, ['a', 'b', 'b', 'b', 'c']);
    const a = placeOf(all, 'a0');
    a.refused();
    a.give();
    expect(await rig.given()).toEqual(['a0', 'b1']);
    void all.get('a0')?.want();
    placeOf(all, 'b1').leave();
    expect(await rig.given()).toEqual(['a0', 'b1', 'c4']);
    placeOf(all, 'c4').leave();
    expect(await rig.given()).toEqual(['a0', 'b1', 'c4', 'a0']);
    a.leave();
    expect((await rig.given()).at(-1)).toBe('b2');
  });

  /** Two lanes with a hundred each, or two hundred with one each: three seconds for each that has its place. */
  test.each([2, 200])('is not delayed forever by others on %d lanes', async (lanes) => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const first = rig.one('first', 'a');
    await first.want();
    first.place.refused();
    first.place.refused();
    first.place.give();
    for (let i = 0; i < 200; i += 1) {
      const it = rig.one(`${i}`, `lane-${i % lanes}`);
      void it.want().then(() => {
        rig.clock.at(rig.clock.elapsed() + 3_000, () => {
          it.place.leave();
        });
      });
    }
    const again = first.want({ until: epoch + 60_000, signal: never });
    expect(await rig.clock.during(again)).toBe(true);
    expect(rig.clock.elapsed()).toBeLessThan(60_000);
  });
});

describe('stopping', () => {
  test('releases all that wait, without a place', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const [one, ...others] = Array.from({ length: 50 }, (_, index) =>
      rig.one(`${index}`, index % 2 === 0 ? 'a' : null),
    );
    await one?.want();
    one?.place.give();
    const waiting = [one, ...others].map(async (it) => it?.want({ until: epoch + 60_000, signal: never }));
    rig.stop();
    const got = await Promise.all(waiting);
    // One of them got the released slot.
    expect(got.filter(Boolean)).toHaveLength(1);
    expect(rig.clock.pending()).toBe(0);
    expect(one?.place.isWanted()).toBe(false);
  });

  test('no change waits afterwards', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const [one, other] = [rig.one('one'), rig.one('other')];
    await one.want();
    rig.stop();
    expect(await other.want()).toBe(false);
    one.place.leave();
    expect(rig.schedule.inFlight()).toBe(0);
  });

  test('one listener serves all', () => {
    const rig = setUp();
    queue(rig, Array(500).fill('a'));
    expect(getEventListeners(rig.signal, 'abort')).toHaveLength(1);
  });
});
