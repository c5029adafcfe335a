import { describe, expect, test } from '@jest/globals';
import { GetUserIdCommand } from '@aws-sdk/client-identitystore';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { CreateAccountAssignmentCommand, ListInstancesCommand } from '@aws-sdk/client-sso-admin';

import type { Effect } from '../../rehearsal/script.ts';
import { assume, idToken, inWorld, PROD, STORE, tuple, type Clients } from './cloud-support.ts';

const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as Error).name,
  );

const send = {
  sso: ({ sso }: Clients) => sso.send(new ListInstancesCommand({})),
  identitystore: ({ store }: Clients) =>
    store.send(
      new GetUserIdCommand({
        IdentityStoreId: STORE,
        AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: 'bob@example.com' } },
      }),
    ),
  organizations: ({ organizations }: Clients) => organizations.send(new ListAccountsCommand({})),
  sts: async ({ sts, world }: Clients) => sts.send(assume(await idToken(world))),
  oidc: async ({ world }: Clients) => {
    const token = await idToken(world);
    if (token.split('.').length !== 3) throw new Error(token);
  },
} as const;

describe('a fault', () => {
  test.each<[keyof typeof send, Effect, string]>([
    ['sso', { kind: 'throttle' }, 'ThrottlingException'],
    ['sso', { kind: 'conflict' }, 'ConflictException'],
    [
      'sso',
      { kind: 'error', status: 400, code: 'AccessDeniedException', reason: 'KMS_AccessDeniedException' },
      'AccessDeniedException',
    ],
    ['identitystore', { kind: 'throttle', retryAfterSeconds: 3 }, 'ThrottlingException'],
    ['organizations', { kind: 'throttle' }, 'TooManyRequestsException'],
    ['sts', { kind: 'error', status: 400, code: 'IDPCommunicationError' }, 'IDPCommunicationErrorException'],
    ['sts', { kind: 'throttle' }, 'Throttling'],
    ['oidc', { kind: 'throttle' }, 'TypeError'],
    ['sso', { kind: 'http', status: 500, body: '<html>' }, 'SyntaxError'],
    ['sso', { kind: 'reset' }, 'Error'],
    ['sts', { kind: 'reset' }, 'Error'],
    ['oidc', { kind: 'reset' }, 'TypeError'],
    ['oidc', { kind: 'lost' }, 'TypeError'],
    ['oidc', { kind: 'answer', body: { value: 'garbage' } }, 'Error'],
  ])('of %s, %j, is %s, once', (service, effect, name) =>
    inWorld({}, async (clients) => {
      clients.world.script.fault({ service }, effect);
      const outcomes = [await outcomeOf(send[service](clients)), await outcomeOf(send[service](clients))];
      expect(outcomes).toEqual([name, 'ok']);
      const entries = clients.world.journal.all().filter((entry) => entry.service === service);
      expect(entries[0]?.scripted).toBe(effect.kind);
      expect(entries[1]).toMatchObject({ status: 200, outcome: 'ok' });
    }),
  );

  test('affects the matching request, and a second one waits for its turn', () =>
    inWorld({}, async (clients) => {
      const { script } = clients.world;
      script.fault({ operation: 'ListInstances', nth: 2 }, { kind: 'throttle' });
      script.fault({ operation: 'ListInstances', nth: 2 }, { kind: 'conflict' });
      script.fault({ index: 4 }, { kind: 'error', status: 400, code: 'Fifth' });
      const outcomes = [];
      for (let count = 0; count < 6; count += 1) outcomes.push(await outcomeOf(send.sso(clients)));
      expect(outcomes).toEqual(['ok', 'ThrottlingException', 'ConflictException', 'ok', 'Fifth', 'ok']);
    }));

  test('that loses the response leaves the change; a reset does not', () =>
    inWorld({}, async ({ world, sso }) => {
      const create = () =>
        outcomeOf(sso.send(new CreateAccountAssignmentCommand(tuple(world, 'Billing', PROD, 'group:Auditors'))));
      world.script.fault({ operation: 'CreateAccountAssignment' }, { kind: 'reset' });
      await create();
      expect(world.aws.estate.operations()).toHaveLength(0);
      world.script.fault({ operation: 'CreateAccountAssignment' }, { kind: 'lost' });
      await create();
      expect(world.aws.estate.operations()).toHaveLength(1);
      expect(world.journal.of('CreateAccountAssignment').map(({ outcome }) => outcome)).toEqual(['reset', 'lost']);
    }));

  test('that hangs or delays follows the clock', () =>
    inWorld({}, async (clients) => {
      const { world, sso } = clients;
      world.script.fault({ operation: 'ListInstances' }, { kind: 'delay', ms: 60_000 });
      const arrived = new Promise<void>((resolve) => {
        world.script.onRequest({ operation: 'ListInstances', nth: 1 }, () => {
          setTimeout(resolve, 50);
        });
      });
      const late = outcomeOf(send.sso(clients));
      await arrived;
      await world.advance(60_000);
      expect(await late).toBe('ok');
      world.script.fault({ operation: 'ListInstances' }, { kind: 'hang' });
      const controller = new AbortController();
      world.script.onRequest({ operation: 'ListInstances' }, () => {
        setTimeout(() => {
          controller.abort();
        }, 50);
      });
      expect(await outcomeOf(sso.send(new ListInstancesCommand({}), { abortSignal: controller.signal }))).toBe(
        'AbortError',
      );
      expect(world.journal.of('ListInstances').map(({ outcome }) => outcome)).toEqual(['ok', 'hang']);
    }));

  test('that delays the arrival of a request carries it out after its sender has ended', () =>
    inWorld({}, async ({ world, sso }) => {
      const {
        script,
        aws: { estate },
      } = world;
      const controller = new AbortController();
      script.fault({ operation: 'CreateAccountAssignment' }, { kind: 'hang', processed: true, afterMs: 9_000 });
      script.onRequest({ operation: 'CreateAccountAssignment' }, () => {
        setTimeout(() => {
          controller.abort();
        }, 50);
      });
      const command = new CreateAccountAssignmentCommand(tuple(world, 'Billing', PROD, 'group:Auditors'));
      expect(await outcomeOf(sso.send(command, { abortSignal: controller.signal }))).toBe('AbortError');
      await world.advance(8_999);
      expect(estate.operations()).toHaveLength(0);
      await world.advance(1);
      expect(estate.operations()).toHaveLength(1);
    }));
});

test('a hook sees a request before it is processed', () =>
  inWorld({}, async ({ world, sso }) => {
    world.script.onRequest({ operation: 'CreateAccountAssignment' }, (entry) => {
      expect(entry).toMatchObject({ service: 'sso', region: 'us-east-1', body: { TargetId: PROD } });
      world.aws.estate.removePrincipal('group:Auditors');
    });
    await sso.send(new CreateAccountAssignmentCommand(tuple(world, 'Billing', PROD, 'group:Auditors')));
    await world.advance(2500);
    expect(world.aws.estate.operations()[0]?.status).toBe('FAILED');
  }));
