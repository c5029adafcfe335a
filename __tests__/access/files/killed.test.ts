import { describe, expect, test } from '@jest/globals';
import type { AccessPort } from '../../../src/access/files/port.ts';
import type { FileRequest } from '../../../src/access/files/request.ts';
import { Refusal } from '../../../src/access/errors.ts';
import type { CloudWithLeases } from '../../../src/access/leases/port.ts';
import { seeds } from '../engine/seeded.ts';
import { makeAsked, makeWorld, requestOf, type World } from './worlds.ts';

/** The end of the process: nothing is sent after it, and no answer is read. */
class Killed extends Error {}

interface Killing {
  readonly cloud: CloudWithLeases;
  readonly calls: () => number;
}

/**
 * The same cloud for a process that dies at one of its requests.
 *
 * @param at the number of the request, from 1
 * @param isSent whether that request still reaches the cloud
 */
function killedAt(cloud: CloudWithLeases, at: number, isSent: boolean): Killing {
  let calls = 0;
  const watched =
    <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      calls += 1;
      if (calls > at || (calls === at && !isSent)) throw new Killed('the process was killed');
      const answer = await call(...given);
      if (calls >= at) throw new Killed('the process was killed');
      return answer;
    };
  const { leases, openAccess } = cloud;
  if (leases === null || openAccess === undefined) throw new Error('this cloud has both');
  const watchedPort = (port: AccessPort): AccessPort => ({
    resolveRows: watched(port.resolveRows),
    select: watched(port.select),
    list: watched(port.list),
    protections: watched(port.protections),
    recheck: watched(port.recheck),
  });
  return {
    calls: () => calls,
    cloud: {
      ...cloud,
      read: watched(cloud.read),
      find: watched(cloud.find),
      start: watched(cloud.start),
      running: watched(cloud.running),
      ask: watched(cloud.ask),
      leases: { ...leases, carryOut: watched(leases.carryOut) },
      openAccess: async () => watchedPort(await openAccess()),
    },
  };
}

type Request = Partial<FileRequest>;

async function isDone(world: World, request: Request, cloud?: CloudWithLeases): Promise<boolean> {
  try {
    const { results } = await world.run(request, cloud === undefined ? {} : { cloud });
    return results.every(({ outcome }) => outcome.status === 'SUCCEEDED');
  } catch (error) {
    if (error instanceof Refusal || error instanceof Killed) return false;
    throw error;
  }
}

const courses = [
  ['operations that take their time', { takes: 3_000 }],
  ['changes that are carried out at once', { takes: 0, listedAfter: Number.POSITIVE_INFINITY }],
] as const;

describe.each(courses)('a reconcile with %s that is killed at any request', (_, course) => {
  test.each(seeds(14))('leaves to a second run exactly what one run does (seed %d) (P2, P11)', async (seed) => {
    const open = (): { readonly world: World; readonly request: Request } => {
      const world = makeWorld(seed, { course });
      const asked = requestOf(makeAsked(world.random), world.clock.now());
      return { world, request: { ...asked, prune: 'revoke', maxRemovals: { count: null, percent: 100 } } };
    };
    const whole = open();
    const counting = killedAt(whole.world.access.cloud, Infinity, true);
    expect(await isDone(whole.world, whole.request, counting.cloud)).toBe(true);
    for (let at = 1; at <= counting.calls(); at += 1) {
      for (const isSent of [true, false]) {
        const { world, request } = open();
        expect(await isDone(world, request, killedAt(world.access.cloud, at, isSent).cloud)).toBe(
          at > counting.calls(),
        );
        expect(await isDone(world, request)).toBe(true);
        expect({ at, isSent, there: world.truth(), leased: world.access.leased }).toEqual({
          ...{ at, isSent },
          ...{ there: whole.world.truth(), leased: whole.world.access.leased },
        });
      }
    }
  });
});
