import { describe, expect, test } from '@jest/globals';
import type { Budget } from '../../src/access/clock.ts';
import { Cancelled, Refusal } from '../../src/access/errors.ts';
import { createRenewed, type Lasting, type Renewed } from '../../src/access/renewed.ts';
import { createFakeLog } from './fake-log.ts';

const minute = 60_000;
const start = Date.parse('2026-11-21T20:00:00Z');
const { signal } = new AbortController();

interface Try {
  readonly budget: Budget;
  readonly give: () => void;
  readonly fail: (error: Error) => void;
}

interface Rig {
  readonly renewed: Renewed<string>;
  readonly tries: readonly Try[];
  readonly log: ReturnType<typeof createFakeLog>;
  readonly within: (ms: number) => Budget;
  readonly pass: (ms: number) => void;
}

/** Each one lasts an hour, and is due for renewal five minutes before its end. */
function setUp(): Rig {
  let now = start;
  const clock = {
    now: () => now,
    mono: () => now,
    sleep: () => Promise.resolve(),
    after: () => () => undefined,
  };
  const log = createFakeLog();
  const tries: Try[] = [];
  const make = (budget: Budget): Promise<Lasting<string>> => {
    const { promise, resolve, reject } = Promise.withResolvers<Lasting<string>>();
    const value = `the ${tries.length + 1}.`;
    const give = (): void => {
      resolve({ value, endsAt: now + 60 * minute });
    };
    tries.push({ budget, give, fail: reject });
    return promise;
  };
  return {
    renewed: createRenewed(make, { clock, log }),
    tries,
    log,
    within: (ms) => ({ until: now + ms, signal }),
    pass: (ms) => {
      now += ms;
    },
  };
}

async function signedIn(): Promise<Rig> {
  const rig = setUp();
  const first = rig.renewed.get(rig.within(minute));
  rig.tries[0]?.give();
  expect(await first).toBe('the 1.');
  return rig;
}

const down = new Refusal('STS is down.', 'Wait.');

describe('a value that expires', () => {
  test('is made once for all callers, and serves until its renewal is due', async () => {
    const { renewed, tries, within, pass } = setUp();
    expect(renewed.newest()).toBeNull();
    const both = [renewed.get(within(minute)), renewed.get(within(minute))];
    tries[0]?.give();
    expect(await Promise.all(both)).toEqual(['the 1.', 'the 1.']);
    pass(54 * minute);
    expect([await renewed.get(within(minute)), renewed.newest(), tries.length]).toEqual(['the 1.', 'the 1.', 1]);
  });

  test('is renewed by one caller while the others use the current one', async () => {
    const { renewed, tries, within, pass } = await signedIn();
    pass(56 * minute);
    const renewing = renewed.get(within(minute));
    expect(await renewed.get(within(minute))).toBe('the 1.');
    tries[1]?.give();
    expect([await renewing, await renewed.get(within(minute)), tries.length]).toEqual(['the 2.', 'the 2.', 2]);
  });

  test('is used until its end where it cannot be renewed yet, and no caller waits long for that (P13)', async () => {
    const { renewed, tries, within, pass, log } = await signedIn();
    pass(56 * minute);
    const asked = within(30 * minute);
    const renewing = renewed.get(asked);
    expect(tries[1]?.budget.until).toBe(asked.until - 30 * minute + 10_000);
    tries[1]?.fail(down);
    expect(await renewing).toBe('the 1.');
    expect(log.at('info').join()).toContain('STS is down. The current sign-in is still valid');
    pass(59_000);
    expect([await renewed.get(within(minute)), tries.length]).toEqual(['the 1.', 2]);
    pass(2_000);
    const again = renewed.get(within(minute));
    tries[2]?.give();
    expect(await again).toBe('the 3.');
  });

  test('is not used in its last minute', async () => {
    const { renewed, tries, within, pass } = await signedIn();
    pass(59 * minute);
    const waiting = renewed.get(within(minute));
    tries[1]?.fail(down);
    await expect(waiting).rejects.toBe(down);
  });

  test('a cancellation while it is renewed is one', async () => {
    const { renewed, tries, within, pass } = await signedIn();
    pass(56 * minute);
    const renewing = renewed.get(within(minute));
    const cancelled = new Cancelled('stop');
    tries[1]?.fail(cancelled);
    await expect(renewing).rejects.toBe(cancelled);
  });

  test('fails for a caller without more time than its maker had, and is made again for one with more', async () => {
    const { renewed, tries, within } = setUp();
    const first = renewed.get(within(3_000));
    const [hurried, patient] = [renewed.get(within(2_000)), renewed.get(within(minute))];
    tries[0]?.fail(down);
    await expect(first).rejects.toBe(down);
    await expect(hurried).rejects.toBe(down);
    tries[1]?.give();
    expect([await patient, tries.length]).toEqual(['the 2.', 2]);
  });

  test('that was refused is made again, once, by any caller (P13)', async () => {
    const { renewed, tries, within } = await signedIn();
    renewed.forget((it) => it === 'the 1.');
    const next = renewed.get(within(minute));
    tries[1]?.give();
    expect(await next).toBe('the 2.');
    renewed.forget((it) => it === 'the 1.');
    expect([await renewed.get(within(minute)), tries.length]).toEqual(['the 2.', 2]);
  });
});
