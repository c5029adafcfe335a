import { describe, expect, test } from '@jest/globals';

import type { IdentityToken } from '../../../src/access/identity-token.ts';
import { createAssertions } from '../../../src/azure/sign-in/assertions.ts';
import { createFakeClock, epoch } from '../../access/fake-clock.ts';

const budget = { until: epoch + 600_000, signal: new AbortController().signal };

/** A mint whose tokens live five minutes, and which notes what it was asked for. */
function scene(fail: (count: number) => boolean = () => false) {
  const clock = createFakeClock();
  const audiences: string[] = [];
  const mint = (audience: string): Promise<IdentityToken> => {
    audiences.push(audience);
    if (fail(audiences.length)) return Promise.reject(new Error('no token'));
    const exp = String((clock.now() + 300_000) / 1000);
    return Promise.resolve({ jwt: `jwt-${audiences.length}`, claims: { exp } });
  };
  const assertions = createAssertions({ mint }, 'api://x', clock);
  const jwt = async (): Promise<string> => (await assertions.get(budget)).jwt;
  return { clock, audiences, assertions, jwt };
}

describe('assertions', () => {
  test('one serves whoever asks, at once and later', async () => {
    const { audiences, jwt } = scene();
    expect(await Promise.all([jwt(), jwt()])).toEqual(['jwt-1', 'jwt-1']);
    expect(await jwt()).toBe('jwt-1');
    expect(audiences).toEqual(['api://x']);
  });

  test.each([
    [239_999, 'jwt-1'],
    [240_000, 'jwt-2'],
    [400_000, 'jwt-2'],
  ])('until a minute before it ends: after %i ms it is %s', async (ms, expected) => {
    const { clock, jwt } = scene();
    await jwt();
    await clock.during(clock.sleep(ms, budget.signal));
    expect(await jwt()).toBe(expected);
  });

  test('that was refused as ended is a new one', async () => {
    const { assertions, jwt } = scene();
    const refused = await assertions.get(budget);
    assertions.forget(refused);
    expect(await jwt()).toBe('jwt-2');
    assertions.forget(refused);
    expect(await jwt()).toBe('jwt-2');
  });

  test('that could not be had is asked for again (P13)', async () => {
    const { jwt } = scene((count) => count === 1);
    await expect(jwt()).rejects.toThrow('no token');
    expect(await jwt()).toBe('jwt-2');
  });
});
