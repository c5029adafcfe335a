import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import { epoch } from '../fake-clock.ts';
import { placeOf, queue, setUp } from './schedule-rig.ts';

const never = new AbortController().signal;

describe('places', () => {
  test('as many at once as fit, the next when one leaves', async () => {
    const rig = setUp();
    const all = queue(rig, [null, null, null, null]);
    expect(await rig.given()).toEqual(['0', '1']);
    expect(rig.schedule.inFlight()).toBe(2);
    placeOf(all, '1').leave();
    expect(await rig.given()).toEqual(['0', '1', '2']);
  });

  test('one at a time in a lane, however much room there is (Many)', async () => {
    const rig = setUp({ inFlight: 10, outstanding: {} });
    const all = queue(rig, ['a', 'a', 'b', 'a']);
    expect(await rig.given()).toEqual(['a0', 'b2']);
    placeOf(all, 'a0').leave();
    expect(await rig.given()).toEqual(['a0', 'b2', 'a1']);
    placeOf(all, 'a1').leave();
    expect(await rig.given()).toEqual(['a0', 'b2', 'a1', 'a3']);
  });

  test('one that waits for its lane holds no slot', async () => {
    const rig = setUp({ inFlight: 2, outstanding: {} });
    queue(rig, ['a', 'a', 'a', 'b']);
    expect(await rig.given()).toEqual(['a0', 'b3']);
  });

  test('the longest lane goes first', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const first = rig.one('first', 'x');
    await first.want();
    const all = queue(rig, ['a', 'b', 'b', 'b', 'c', 'c']);
    first.place.leave();
    expect(await rig.given()).toEqual(['first', 'b1']);
    placeOf(all, 'b1').leave();
    // b and c have two left each, a one.
    expect((await rig.given())[2]).toMatch(/^[bc]/u);
  });

  test('a kind has a bound of its own, and holds up no other kind (Many)', async () => {
    const rig = setUp({ inFlight: 10, outstanding: { create: 2, provision: 1 } });
    const creations = queue(rig, ['a', 'b', 'c'], 'create');
    const pushes = queue(rig, ['d', 'e'], 'provision');
    queue(rig, ['f', 'g', 'h'], 'remove');
    expect(await rig.given()).toEqual(['a0', 'b1', 'd0', 'f0', 'g1', 'h2']);
    placeOf(pushes, 'd0').leave();
    placeOf(creations, 'b1').leave();
    expect((await rig.given()).slice(6)).toEqual(['e1', 'c2']);
  });

  test('taking what one has already is nothing', async () => {
    const rig = setUp();
    const it = rig.one('it', 'a');
    expect(await it.want()).toBe(true);
    expect(await it.want()).toBe(true);
    expect(rig.schedule.inFlight()).toBe(1);
  });

  test('leaving twice, or without a place, frees nothing of others', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const [one, other] = [rig.one('one', 'a'), rig.one('other', 'a')];
    await one.want();
    void other.want();
    other.place.leave();
    other.place.give();
    expect(rig.schedule.inFlight()).toBe(1);
    one.place.leave();
    one.place.leave();
    one.place.give();
    expect(await rig.given()).toEqual(['one', 'other']);
    expect(rig.schedule.inFlight()).toBe(1);
  });

  test('whether others wait is known', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const [one, other] = [rig.one('one'), rig.one('other')];
    await one.want();
    expect(one.place.isWanted()).toBe(false);
    void other.want();
    expect(one.place.isWanted()).toBe(true);
    one.place.leave();
    await rig.given();
    expect(one.place.isWanted()).toBe(false);
  });
});

describe('leaving the slot for a while', () => {
  test('keeps the lane and leaves the slot to others', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, ['a', 'a', 'b']);
    placeOf(all, 'a0').give();
    expect(await rig.given()).toEqual(['a0', 'b2']);
    expect(rig.schedule.inFlight()).toBe(1);
  });

  test('a change that returns goes before all that have not begun', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, ['a', 'b', 'b', 'b']);
    placeOf(all, 'a0').give();
    expect(await rig.given()).toEqual(['a0', 'b1']);
    void all.get('a0')?.want();
    placeOf(all, 'b1').leave();
    expect(await rig.given()).toEqual(['a0', 'b1', 'a0']);
  });

  test('leaving from there frees the lane', async () => {
    const rig = setUp({ inFlight: 2, outstanding: {} });
    const all = queue(rig, ['a', 'a']);
    placeOf(all, 'a0').give();
    expect(await rig.given()).toEqual(['a0']);
    placeOf(all, 'a0').leave();
    expect(await rig.given()).toEqual(['a0', 'a1']);
    expect(rig.schedule.inFlight()).toBe(1);
  });

  test('a change that left and returns goes first in its lane', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, ['a', 'a', 'a']);
    placeOf(all, 'a0').leave();
    expect(await rig.given()).toEqual(['a0', 'a1']);
    void all.get('a0')?.want();
    placeOf(all, 'a1').leave();
    expect(await rig.given()).toEqual(['a0', 'a1', 'a0']);
  });
});

describe('one whose time is up', () => {
  const until = (elapsed: number): Budget => ({ until: epoch + elapsed, signal: never });

  test('while it waits for a slot gets none, and no slot is lost', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, ['a', 'b']);
    placeOf(all, 'a0').give();
    const again = placeOf(all, 'a0').take(until(3_000));
    expect(await rig.clock.during(again)).toBe(false);
    expect(rig.clock.elapsed()).toBe(3_000);
    placeOf(all, 'a0').leave();
    const next = rig.one('next', 'a');
    void next.want();
    placeOf(all, 'b1').leave();
    expect(await rig.given()).toEqual(['a0', 'b1', 'next']);
  });

  test('while it waits for its lane likewise', async () => {
    const rig = setUp({ inFlight: 9, outstanding: {} });
    const [one, late, next] = [rig.one('one', 'a'), rig.one('late', 'a'), rig.one('next', 'a')];
    await one.want();
    const waiting = late.want(until(2_000));
    void next.want();
    expect(await rig.clock.during(waiting)).toBe(false);
    late.place.leave();
    one.place.leave();
    expect(await rig.given()).toEqual(['one', 'next']);
    expect(next.place.isWanted()).toBe(false);
  });

  test('got its place in time: no timer is left behind', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const [one, other] = [rig.one('one'), rig.one('other')];
    await one.want(until(60_000));
    const waiting = other.want(until(60_000));
    one.place.leave();
    expect(await waiting).toBe(true);
    expect(rig.clock.pending()).toBe(0);
  });
});

describe('a lane that is blocked', () => {
  test('has no change that waits any longer, and each reports why', async () => {
    const rig = setUp({ inFlight: 9, outstanding: {} });
    const [one, second, third, other] = [rig.one('1', 'a'), rig.one('2', 'a'), rig.one('3', 'a'), rig.one('x', 'b')];
    await one.want();
    const waiting = [second.want(), third.want({ until: epoch + 60_000, signal: never })];
    void other.want();
    expect(second.place.blockedBy()).toBeNull();
    one.place.block('it goes on and on');
    one.place.leave();
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(third.place.blockedBy()).toBe('it goes on and on');
    expect(rig.clock.pending()).toBe(0);
    expect(one.place.isWanted()).toBe(false);
    // Later changes do not wait for it either; other lanes continue.
    expect(await rig.one('late', 'a').want()).toBe(false);
    other.place.leave();
    expect(await rig.one('next', 'b').want()).toBe(true);
    expect(await rig.given()).toEqual(['1', 'x', 'next']);
    expect(rig.schedule.inFlight()).toBe(1);
  });

  test('releases the slots that it held', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, ['a', 'a', 'b']);
    placeOf(all, 'a0').block('it goes on and on');
    placeOf(all, 'a0').leave();
    expect(await rig.given()).toEqual(['a0', 'b2']);
  });

  test('does not delay changes without a lane', async () => {
    const rig = setUp({ inFlight: 1, outstanding: {} });
    const all = queue(rig, [null, null]);
    placeOf(all, '0').block('it goes on and on');
    placeOf(all, '0').leave();
    expect(await rig.given()).toEqual(['0', '1']);
  });
});
