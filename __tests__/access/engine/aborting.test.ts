import { getEventListeners } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { whenAborted } from '../../../src/access/engine/aborting.ts';

describe('whenAborted', () => {
  test('does each thing once, in the order in which they came', () => {
    const controller = new AbortController();
    const done: string[] = [];
    for (const what of ['a', 'b', 'c']) whenAborted(controller.signal, () => done.push(what));
    expect(done).toEqual([]);
    controller.abort();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  test('does nothing that was called off, also by another in the meantime', () => {
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

  test('the same action may be asked for again after it was called off', () => {
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

  test('signals are told apart', () => {
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
