import { describe, expect, it } from '@jest/globals';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { azureCases, cases, effects } from './boundary-cases.ts';
import { lagging, run, type Faults } from './boundary-runs.ts';

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

const late: WorldOptions = { aws: { lag: { assignmentsMs: 6_000, statusMs: 6_000, provisioningMs: 6_000 } } };
const lateAndOver: WorldOptions = { ...lagging, aws: { ...lagging.aws, operations: { durationMs: 0 } } };

describe('AWS: two faults in one run, and faults where reads lag (P1)', () => {
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
    ['a lost start that is over before a read, while reads lag', 'assign by ids', [[create, lost]], lateAndOver],
    ['a lost start that shows after six seconds only', 'assign by ids', [[create, lost]], late],
    ['a lost start that shows after six seconds only', 'revoke', [[remove, lost]], late],
    ['a lost start that shows after six seconds only', 'provision one account', [[push, lost]], late],
  ])('ends with the right result, done exactly once: %s (%s)', async (_, name, faults, more) => {
    expect(await run(cases[name], faults, more)).toEqual([]);
  });
});

const put = { operation: 'roleAssignments.put' };
const drop = { operation: 'roleAssignments.delete' };
const reads = { operation: 'roleAssignments.list' };
const token = { service: 'entra', operation: 'token' } as const;
const refused = { kind: 'error', status: 400, code: 'PrincipalNotFound', message: 'not replicated yet' } as const;

/** Longer than any step reads before a change is sent again. */
const veryLate: WorldOptions = { azure: { lag: { readMs: 20_000, deleteMs: 20_000 } } };

describe('Azure: two faults in one run, and faults where reads lag (P1)', () => {
  it.each<[string, keyof typeof azureCases, Faults, WorldOptions]>([
    [
      'a lost ID token, then Entra throttles',
      'assign by ids',
      [
        [{ service: 'oidc' }, lost],
        [token, throttle],
      ],
      {},
    ],
    [
      'a lost PUT, then its read throttles',
      'assign by ids',
      [
        [put, lost],
        [{ ...reads, ...second }, throttle],
      ],
      {},
    ],
    [
      'a PUT that was reset, then its read too',
      'assign by ids',
      [
        [put, reset],
        [{ ...reads, ...second }, reset],
      ],
      {},
    ],
    [
      'a throttle, then a lost PUT',
      'assign by ids',
      [
        [put, throttle],
        [{ ...put, ...second }, lost],
      ],
      {},
    ],
    [
      'a principal that is not replicated, then a lost PUT',
      'assign by names',
      [
        [put, refused],
        [{ ...put, ...second }, lost],
      ],
      {},
    ],
    [
      'two lost PUTs',
      'assign by ids',
      [
        [put, reset],
        [{ ...put, ...second }, lost],
      ],
      {},
    ],
    ['a PUT carried out and never answered', 'another description', [[put, unanswered]], {}],
    [
      'a lost DELETE, then a lost read',
      'revoke',
      [
        [drop, lost],
        [{ ...reads, ...second }, lost],
      ],
      {},
    ],
    [
      'a throttle, then a lost DELETE',
      'revoke',
      [
        [drop, throttle],
        [{ ...drop, ...second }, lost],
      ],
      {},
    ],
    [
      'a broken page instead of the answer to the PUT',
      'assign by ids',
      [[put, { kind: 'answer', body: '<html>' }]],
      {},
    ],
    ['a PUT that was reset, while reads lag', 'assign by ids', [[put, reset]], lagging],
    ['a broken page instead of the DELETE, while reads lag', 'revoke', [[drop, html]], lagging],
    ['a lost PUT that shows after twenty seconds only', 'assign by ids', [[put, lost]], veryLate],
    ['a lost PUT that shows after twenty seconds only', 'another description', [[put, lost]], veryLate],
    ['a lost DELETE that shows after twenty seconds only', 'revoke', [[drop, lost]], veryLate],
  ])('ends with the right result, done exactly once: %s (%s)', async (_, name, faults, more) => {
    expect(await run(azureCases[name], faults, more)).toEqual([]);
  });
});
