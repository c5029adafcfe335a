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
 * @param isSent true if that request still reaches the cloud
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
  const { leases } = cloud;
  if (leases === null) throw new Error('this cloud has leases');
  const open = async (): Promise<AccessPort> => {
    const port = await cloud.openAccess?.();
    if (port === undefined) throw new Error('this cloud has access files');
    return port;
  };
  const watchedPort = (port: AccessPort): AccessPort => ({
    resolveRows: watched((...of: Parameters<AccessPort['resolveRows']>) => port.resolveRows(...of)),
    select: watched((...of: Parameters<AccessPort['select']>) => port.select(...of)),
    list: watched((...of: Parameters<AccessPort['list']>) => port.list(...of)),
    protections: watched((...of: Parameters<AccessPort['protections']>) => port.protections(...of)),
    recheck: watched((...of: Parameters<AccessPort['recheck']>) => port.recheck(...of)),
  });
  return {
    calls: () => calls,
    cloud: {
      ...cloud,
      read: watched((...of: Parameters<typeof cloud.read>) => cloud.read(...of)),
      find: watched((...of: Parameters<typeof cloud.find>) => cloud.find(...of)),
      start: watched((...of: Parameters<typeof cloud.start>) => cloud.start(...of)),
      running: watched((...of: Parameters<typeof cloud.running>) => cloud.running(...of)),
      ask: watched((...of: Parameters<typeof cloud.ask>) => cloud.ask(...of)),
      leases: { ...leases, carryOut: watched((...of: Parameters<typeof leases.carryOut>) => leases.carryOut(...of)) },
      openAccess: async () => watchedPort(await open()),
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
