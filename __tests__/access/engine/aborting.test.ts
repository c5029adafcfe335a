import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { TimedOut, whenAborted, withTimeout } from '../../../src/access/engine/aborting.ts';
import { createFakeClock } from '../fake-clock.ts';

describe('whenAborted', () => {
  test('does each thing once, in the order in which they came', () => {
    const controller = new AbortController();
    const done: string[] = [];
    for (const what of ['a', 'b', 'c']) whenAborted(controller.signal, () => done.push(what));
    expect(done).toEqual([]);
    controller.abort();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  test('does nothing that was aborted, also by another in the meantime', () => {
    const controller = new AbortController();
    const done: string[] = [];
    const callOff = whenAborted(controller.signal, () => done.push('a'));
    callOff();
    callOff();
    whenAborted(controller.signal, () => {
      done.push('b');
      callOffLater();
    });
    const callOffLater = whenAborted(controller.signal, () => done.push('c'));
    controller.abort();
    expect(done).toEqual(['b']);
  });

  test('the same action can be requested again after it was aborted', () => {
    const controller = new AbortController();
    let times = 0;
    const count = (): void => {
      times += 1;
    };
    whenAborted(controller.signal, count)();
    whenAborted(controller.signal, count);
    controller.abort();
    expect(times).toBe(1);
  });

  test('different signals are kept apart', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const done: string[] = [];
    whenAborted(one.signal, () => done.push('one'));
    whenAborted(other.signal, () => done.push('other'));
    other.abort();
    expect(done).toEqual(['other']);
  });

  test('ten thousand share one listener', () => {
    const { signal } = new AbortController();
    const all = Array.from({ length: 10_000 }, () => whenAborted(signal, () => undefined));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const callOff of all) callOff();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });
});

describe('withTimeout', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  test('gives the answer, and leaves no timer behind', async () => {
    const clock = createFakeClock();
    const { signal } = new AbortController();
    expect(await withTimeout(10_000, clock, signal, () => Promise.resolve('here'))).toBe('here');
    await expect(withTimeout(10_000, clock, signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(clock.pending()).toBe(0);
  });

  test('gives up what takes too long, whether it heeds its signal or not', async () => {
    const clock = createFakeClock();
    const heard: unknown[] = [];
    const heeding = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          heard.push(signal.reason);
          reject(new Error('stopped'));
        });
      });
    for (const work of [never, heeding]) {
      const waiting = withTimeout(10_000, clock, undefined, work);
      await expect(clock.during(waiting)).rejects.toThrow(new TimedOut(10_000));
    }
    expect(new TimedOut(10_000)).toMatchObject({ name: 'TimeoutError', message: 'no answer within 10 s' });
    expect(heard).toEqual([expect.any(TimedOut)]);
    expect(clock.elapsed()).toBe(20_000);
  });

  test('ends for the reason that it is given', async () => {
    const controller = new AbortController();
    const clock = createFakeClock();
    const waiting = withTimeout(10_000, clock, controller.signal, never);
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    expect(clock.pending()).toBe(0);
  });
});
