import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { cases, cleanRequests, effects, lagging, options, run, type Case, type Faults } from './boundary-runs.ts';
import { errors, inWorld, severalAtOnce, step } from './support.ts';

const create = { operation: 'CreateAccountAssignment' };
const remove = { operation: 'DeleteAccountAssignment' };
const push = { operation: 'ProvisionPermissionSet' };
const second = { nth: 2 };
const creations = { operation: 'ListAccountAssignmentCreationStatus', ...second };
const pushes = { operation: 'ListPermissionSetProvisioningStatus', ...second };

const throttle = { kind: 'throttle' } as const;
const conflict = { kind: 'conflict' } as const;
const reset = { kind: 'reset' } as const;
const lost = { kind: 'lost' } as const;
const unanswered = { kind: 'hang', processed: true } as const;
const html = effects['a 5xx in HTML'];

const late: WorldOptions = { lag: { assignmentsMs: 6_000, statusMs: 6_000, provisioningMs: 6_000 } };
const lateAndOver: WorldOptions = { ...lagging, operations: { durationMs: 0 } };

describe('two faults in one run, and faults where reads lag', () => {
  it.each<[string, keyof typeof cases, Faults, WorldOptions]>([
    [
      'a lost ID token, then STS throttles',
      'assign by ids',
      [
        [{ service: 'oidc' }, lost],
        [{ service: 'sts' }, throttle],
      ],
      {},
    ],
    [
      'a lost start, then its list throttles',
      'assign by ids',
      [
        [create, lost],
        [creations, throttle],
      ],
      {},
    ],
    [
      'a start that was reset, then its list too',
      'assign by ids',
      [
        [create, reset],
        [creations, reset],
      ],
      {},
    ],
    [
      'a conflict, then a lost start',
      'assign by ids',
      [
        [create, conflict],
        [{ ...create, ...second }, lost],
      ],
      {},
    ],
    ['a start carried out and never answered', 'assign by ids', [[create, unanswered]], {}],
    [
      'a lost start, then a lost read-back',
      'revoke',
      [
        [remove, lost],
        [{ operation: 'ListAccountAssignments', ...second }, lost],
      ],
      {},
    ],
    [
      'a throttle, then a lost start',
      'revoke',
      [
        [remove, throttle],
        [{ ...remove, ...second }, lost],
      ],
      {},
    ],
    [
      'a lost start, then a broken list',
      'provision all accounts',
      [
        [push, lost],
        [pushes, html],
      ],
      {},
    ],
    [
      'a conflict, then a start never answered',
      'provision one account',
      [
        [push, conflict],
        [{ ...push, ...second }, unanswered],
      ],
      {},
    ],
    ['a start that was reset, while reads lag', 'assign by ids', [[create, reset]], lagging],
    ['a broken page instead of the start, while reads lag', 'provision all accounts', [[push, html]], lagging],
    ['a lost start that is over before anybody looks, while reads lag', 'assign by ids', [[create, lost]], lateAndOver],
    ['a lost start that shows after six seconds only', 'assign by ids', [[create, lost]], late],
    ['a lost start that shows after six seconds only', 'revoke', [[remove, lost]], late],
    ['a lost start that shows after six seconds only', 'provision one account', [[push, lost]], late],
  ])('ends right, done exactly once: %s (%s)', async (_, name, faults, more) => {
    expect(await run(cases[name], faults, more)).toEqual([]);
  });
});

const outages: readonly (readonly [string, Effect])[] = [
  ['5xx', effects['a 5xx']],
  ['lost responses', lost],
  ['silence', { kind: 'hang' }],
  ['throttles', throttle],
];

describe('an outage that begins at any request and does not end', () => {
  it.each(
    (['assign by ids', 'revoke', 'provision one account'] as const).flatMap((name) =>
      outages.map(([outage, effect]) => [name, outage, effect] as const),
    ),
  )('%s, %s: never a false word, red within the limits, and a re-run after it ends right', async (name, _, effect) => {
    const boundaries = await cleanRequests(cases[name]);
    const problems = await severalAtOnce(boundaries, (operation, index) =>
      outlast(cases[name], effect, index, operation),
    );
    expect(problems.flat()).toEqual([]);
  });
});

/** Runs a step into an outage and, when that is over, once more; says what was wrong with either. */
function outlast(it: Case, effect: Effect, from: number, operation: string): Promise<readonly string[]> {
  return inWorld(options, async (world) => {
    const { estate, script } = world;
    it.prepare(world);
    let outage = true;
    let seen = 0;
    script.fault({ times: Infinity, where: () => outage && seen++ >= from }, effect);
    const result = await step(world, it.inputs);
    const { status = 'missing', 'request-id': requestId = '' } = result.outputs;
    const [started] = estate.operations();
    // What comes after the read-back, such as a question about sessions, may be missing in a green step.
    const done = status === 'SUCCEEDED' && it.reached(world) && result.log.includes('Verified by reading back');
    const red = status === 'IN_PROGRESS' || (status === 'FAILED' && started === undefined);
    outage = false;
    const again = await step(world, it.inputs);
    const annotations = result.annotations.filter(({ level }) => level === 'error');
    const checks: Readonly<Record<string, boolean>> = {
      [`status ${status}, exit code ${result.exitCode ?? ''}`]: result.exitCode === 0 ? done : red,
      [`request id ${requestId} is not the operation’s`]: requestId === '' || requestId === started?.requestId,
      [`${annotations.length} red annotations`]: annotations.length === result.exitCode,
      [`took ${result.virtualMs} ms`]: result.virtualMs < 20 * 60_000,
      [`the re-run: ${errors(again)}`]: again.exitCode === 0 && again.outputs['status'] === 'SUCCEEDED',
      [`${estate.effectiveChanges().length} effective changes`]: estate.effectiveChanges().length === 1,
      'the cloud is not in the right state': it.reached(world),
    };
    const broken = Object.entries(checks).flatMap(([problem, fine]) => (fine ? [] : [problem]));
    return broken.length === 0 ? [] : [`from request ${from} (${operation}): ${broken.join('; ')}\n${result.log}`];
  });
}
