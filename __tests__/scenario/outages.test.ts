import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import { azureCases, cases, effects, type Case } from './boundary-cases.ts';
import { cleanRequests, options } from './boundary-runs.ts';
import { isRun } from './matrix.ts';
import { errors, inWorld, severalAtOnce } from './support.ts';

const outages: readonly (readonly [string, Effect])[] = [
  ['5xx', effects['a 5xx']],
  ['lost responses', { kind: 'lost' }],
  ['silence', { kind: 'hang' }],
  ['throttles', { kind: 'throttle' }],
];

const changes: readonly (readonly [string, Case])[] = [
  ['AWS: assign', cases['assign by ids']],
  ['AWS: revoke', cases.revoke],
  ['AWS: provision', cases['provision one account']],
  ['Azure: assign', azureCases['assign by ids']],
  ['Azure: revoke', azureCases.revoke],
  ['Azure: another description', azureCases['another description']],
];

describe('an outage that begins at any request and does not end (P1)', () => {
  it.each(
    changes.flatMap(([name, it]) => outages.map(([outage, effect], row) => [name, outage, it, effect, row] as const)),
  )(
    '%s, %s: reports nothing false, red within the limits, and a re-run after it ends right',
    async (_name, _outage, change, effect, row) => {
      const boundaries = await cleanRequests(change);
      const problems = await severalAtOnce(boundaries, (operation, index) =>
        isRun(row, index) ? outlast(change, effect, index, operation) : [],
      );
      expect(problems.flat()).toEqual([]);
    },
  );
});

/** Runs a step into an outage and, when that is over, again; returns the problems of both. */
function outlast(it: Case, effect: Effect, from: number, operation: string): Promise<readonly string[]> {
  const { cloud } = it;
  return inWorld({ ...options, ...cloud.world }, async (world) => {
    it.prepare(world);
    let outage = true;
    let seen = 0;
    world.script.fault({ times: Infinity, where: () => outage && seen++ >= from }, effect);
    const result = await cloud.step(world, it.inputs);
    const { status = 'missing', 'request-id': requestId = '' } = result.outputs;
    const startedBy = cloud.started(world);
    const expectedId = cloud.requestId(world, result);
    // A green step can lack a later part than the read-back, such as a question about sessions.
    const done = status === 'SUCCEEDED' && it.reached(world) && result.log.includes('Verified by reading back');
    const red = status === 'IN_PROGRESS' || (status === 'FAILED' && startedBy === 0);
    outage = false;
    const again = await cloud.step(world, it.inputs);
    const annotations = result.annotations.filter(({ level }) => level === 'error');
    const checks: Readonly<Record<string, boolean>> = {
      [`status ${status}, exit code ${result.exitCode ?? ''}`]: result.exitCode === 0 ? done : red,
      [`request id ${requestId}, and not ${expectedId}`]: requestId === '' || requestId === expectedId,
      [`${annotations.length} red annotations`]: annotations.length === result.exitCode,
      [`took ${result.virtualMs} ms`]: result.virtualMs < 20 * 60_000,
      [`the re-run: ${errors(again)}`]: again.exitCode === 0 && again.outputs['status'] === 'SUCCEEDED',
      [`${cloud.changes(world)} effective changes`]: cloud.changes(world) === 1,
      'the cloud is not in the right state': it.reached(world),
    };
    const broken = Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
    return broken.length === 0 ? [] : [`from request ${from} (${operation}): ${broken.join('; ')}\n${result.log}`];
  });
}
