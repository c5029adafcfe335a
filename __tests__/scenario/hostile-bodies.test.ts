import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import { aws, azure, type TestCloud } from './clouds.ts';
import { expectBounded, expectClearlyRed, ownProcesses } from './hostile-ends.ts';
import { leased } from './lease-support.ts';
import { errors, inWorld } from './support.ts';

const page = '<html><title>Sign in to the network</title></html>';
const json = 'application/json';

const notAnswers: readonly Effect[] = [
  { kind: 'http', status: 200, body: page },
  { kind: 'http', status: 200, body: page, contentType: json },
  // Without a request ID: a response with one is AWS's own.
  { kind: 'http', status: 200, body: '', contentType: json, headers: { 'x-amzn-requestid': '' } },
  { kind: 'http', status: 500, body: page },
];

/** Responses in a service's place, one after the other; the last one forever. */
const bodies: Readonly<Record<string, readonly Effect[]>> = {
  // Each try reads 16 MiB: a few show it.
  'a byte each second, then 100 MB': [
    { kind: 'drip', everyMs: 1_000 },
    ...Array.from({ length: 3 }, (): Effect => ({ kind: 'flood', bytes: 100_000_000 })),
    { kind: 'http', status: 500, body: page },
  ],
  'pages and nothing in place of an answer, and HTTP 500 in HTML': notAnswers,
};

/** Servers with such responses, to a step by names. A false response must not be trusted. */
const places: readonly (readonly [string, TestCloud, RequestMatch, Step['inputs']?])[] = [
  ['AWS: GitHub’s token endpoint', aws, { service: 'oidc' }],
  ['AWS: STS', aws, { service: 'sts' }],
  ['AWS: Identity Center', aws, { operation: 'ListInstances' }],
  ['AWS: the identity store', aws, { service: 'identitystore' }],
  ['AWS: Organizations', aws, { service: 'organizations' }],
  ['AWS: the list of assignments', aws, { operation: 'ListAccountAssignments' }],
  ['AWS: EventBridge Scheduler', aws, { service: 'scheduler' }, leased],
  ['Azure: GitHub’s token endpoint', azure, { service: 'oidc' }],
  ['Azure: the description of the cloud', azure, { operation: 'metadata' }],
  ['Azure: Entra', azure, { service: 'entra', operation: 'token' }],
  ['Azure: Microsoft Graph', azure, { service: 'graph' }],
  ['Azure: the list of role assignments', azure, { operation: 'roleAssignments.list' }],
];

describe.each(places)('%s (P9)', (_name, cloud, match, inputs) => {
  it.each(Object.entries(bodies))(
    '%s: red with a hint, in time, in limited memory, and nothing is changed',
    (_, effects) =>
      inWorld({ ...cloud.world, ...ownProcesses }, async (world) => {
        for (const [index, effect] of effects.entries())
          world.script.fault({ ...match, times: index === effects.length - 1 ? Infinity : 1 }, effect);
        const result = await cloud.step(world, { ...cloud.byNames, ...inputs, timeout: '1m' });
        expectClearlyRed(result);
        expectBounded(result);
        expect(cloud.changes(world)).toBe(0);
      }),
  );
});

describe.each([
  ['AWS', aws, { operation: 'CreateAccountAssignment' }],
  ['Azure', azure, { operation: 'roleAssignments.put' }],
] as const)('%s: the response to a change (P2)', (_name, cloud, match) => {
  it.each<[string, Effect]>([
    ['100 MB', { kind: 'flood', bytes: 100_000_000 }],
    ['a byte each second', { kind: 'drip', everyMs: 1_000 }],
  ])('that is %s leaves the result unknown: it is checked, and the change is made once', (_, effect) =>
    inWorld({ ...cloud.world, ...ownProcesses }, async (world) => {
      world.script.fault(match, effect);
      const result = await cloud.step(world, cloud.byIds);
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(cloud.started(world)).toBe(1);
      expectBounded(result, 5 * 60_000);
    }),
  );
});

describe('responses with the content type of HTML (P1)', () => {
  it.each([
    ['AWS', aws],
    ['Azure', azure],
  ] as const)('and with correct content do not fail a step: %s', (_name, cloud) =>
    inWorld({ ...cloud.world, ...ownProcesses }, async (world) => {
      world.script.weather(() => ({ kind: 'altered', alter: (text) => text, contentType: 'text/html' }));
      const result = await cloud.step(world, cloud.byNames);
      expect(errors(result)).toBe('');
      expect(cloud.has(world)).toBe(true);
      // An answer that was not understood would show nothing to revoke.
      const revoked = await cloud.step(world, { ...cloud.byIds, operation: 'revoke' });
      expect(revoked.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(cloud.has(world)).toBe(false);
    }),
  );
});
