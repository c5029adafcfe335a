import { describe, expect, it } from '@jest/globals';
import { brief, group, managementGroup, reader, subscription, user } from '../in-process.ts';
import { inAccessScene, row, texts } from './access-scene.ts';

describe('rows of access files', () => {
  it('resolve with each distinct line looked up once, for any number of rows (P8)', async () => {
    await inAccessScene({}, async ({ access, budget, during }) => {
      const rows = Array.from({ length: 50 }, (_, index) =>
        row(
          ['group:Payments On-Call', 'user:alice@example.com'],
          [index % 2 === 0 ? 'Reader' : 'Contributor'],
          ['subscription:payments-prod', `resource-group:payments-prod`],
        ),
      );
      const { value, requests } = await during(() => access.resolveRows(rows, budget));
      expect(value).toHaveLength(50);
      expect(value.every((it) => it.ok && it.grants.length === 4)).toBe(true);
      const counts = Map.groupBy(requests, ({ operation }) => operation);
      expect([...counts].map(([operation, those]) => [operation, those.length]).sort()).toEqual([
        ['checkMemberGroups', 1],
        ['groups.list', 1],
        ['roleDefinitions.list', 2],
        ['subscriptions.list', 1],
        ['users.list', 2],
      ]);
    });
  });

  it('have their own refusals, and other rows resolve (P8)', async () => {
    await inAccessScene({}, async ({ access, budget }) => {
      const rows = await access.resolveRows(
        [
          row(['group:Twin Group'], ['Reader'], ['subscription:payments-prod']),
          row(['user:alice@example.com'], ['Staging Operator'], ['subscription:payments-prod']),
          row(['user:alice@example.com'], ['Staging Operator'], ['subscription:payments-staging']),
          row(['user:alice@example.com'], ['Reader'], ['subscription:sandbox']),
        ],
        budget,
      );
      expect(rows.map(({ ok }) => ok)).toEqual([false, false, true, false]);
      expect(texts(rows)).toEqual([
        [expect.stringContaining('"Twin Group" is the name of two groups')],
        [expect.stringContaining(`No role named "Staging Operator" can be assigned at ${subscription(1)}`)],
        [subscription(2)],
        [expect.stringContaining('"sandbox" matches 2 subscriptions')],
      ]);
    });
  });

  it('refuse an exclusion inside a target, and leave excluded targets out (P8)', async () => {
    await inAccessScene({}, async ({ access, budget }) => {
      const rows = await access.resolveRows(
        [
          row(
            [`group:${group(1)}`],
            [reader],
            [subscription(1), subscription(2), `!${managementGroup('mg-shared-eu')}`],
          ),
          row(
            [`group:${group(1)}`],
            [reader],
            [subscription(1), subscription(3), `!${managementGroup('mg-payments')}`],
          ),
        ],
        budget,
      );
      expect(texts(rows)).toEqual([[expect.stringContaining('matches none of the targets')], [subscription(3)]]);
    });
  });

  it('report the privileged ones of their grants, each by itself (P10)', async () => {
    await inAccessScene({}, async ({ access, budget, world }) => {
      const [one] = await access.resolveRows(
        [
          row(
            ['user:alice@example.com', `service-principal:${world.azure.ids.callerObjectId}`],
            ['Owner', 'Reader', 'Access Helper'],
            ['subscription:payments-prod'],
          ),
        ],
        budget,
      );
      if (one?.ok !== true) throw new Error('resolves');
      const privileged = one.grants.filter((grant) => one.privileged.has(grant));
      const short = (text: string): string => text.replace(subscription(1), 'here');
      expect(brief(privileged).map(short)).toEqual([
        'alice@example.com | Owner | here',
        'alice@example.com | Access Helper | here',
        `${world.azure.ids.callerObjectId} | Owner | here`,
        `${world.azure.ids.callerObjectId} | Reader | here`,
        `${world.azure.ids.callerObjectId} | Access Helper | here`,
      ]);
    });
  });

  it('refuse a resource group without a subscription (P6)', async () => {
    await inAccessScene({ subscriptionId: null }, async ({ access, budget }) => {
      const rows = await access.resolveRows([row([`user:${user(1)}`], [reader], ['resource-group:payments'])], budget);
      expect(texts(rows)).toEqual([[expect.stringContaining('azure-subscription-id is not set')]]);
    });
  });
});
