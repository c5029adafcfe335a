import { describe, expect, it } from '@jest/globals';
import { azureIds, scopes } from './azure-support.ts';
import { eight, held, manyAws, manyAzure, manyByIds, manyByNames, starts, type ManyCloud } from './many.ts';
import { errors, ids, inWorld, severalAtOnce } from './support.ts';

type Part = 'principal' | 'role' | 'target';
/**
 * Lines of an `allowed-…` input, and words of the error about those of the eight grants that they leave out; null for
 * none.
 */
type Case = readonly [Part, lines: string, left: readonly string[] | null];

const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';
const managementGroups = '/providers/Microsoft.Management/managementGroups';

const cases: readonly (readonly [string, ManyCloud, readonly Case[]])[] = [
  [
    'AWS',
    manyAws,
    [
      ['principal', `group:${ids.onCall}\n${ids.alice}`, null],
      [
        'principal',
        `group:9067642c1a-1D2E3F40-5A6B-4C7D-9E8F-0A1B2C3D4E5F\nuser:${ids.alice}\nuser:bob@example.com`,
        null,
      ],
      ['principal', 'group:Payments On-Call\nuser:alice@example.com', null],
      ['principal', 'group:Payments*\nuser:*@example.com', null],
      ['principal', 'group:**\nuser:a*e@*', null],
      ['principal', 'group:**', [ids.alice]],
      ['principal', `user:**\nuser:${ids.onCall}\nuser:Payments On-Call`, [ids.onCall]],
      ['principal', 'group:payments*\nuser:alice', [ids.onCall, ids.alice]],
      ['role', `${ids.readOnly}\n${ids.incidentAdmin}`, null],
      ['role', 'ReadOnlyAccess\nIncident*', null],
      ['role', 'readonlyaccess\nIncidentAdmin', [ids.readOnly]],
      ['role', 'Read*', [ids.incidentAdmin]],
      ['target', `${ids.prod}\n${ids.staging}`, null],
      ['target', 'account:payments-*', null],
      ['target', 'ou:/Workloads/**', null],
      ['target', 'ou:r-f6g7/**', null],
      ['target', 'ou:ou-f6g7-prod0001\nou:/Workloads/Staging', null],
      ['target', 'ou:/Workloads', [ids.prod, ids.staging]],
      ['target', 'account:payments-p*\nou:/Sandbox/**', [ids.staging]],
    ],
  ],
  [
    'Azure',
    manyAzure,
    [
      ['principal', `group:${azureIds.onCall}\n${azureIds.alice}`, null],
      ['principal', `group:${azureIds.onCall.toUpperCase()}\nuser:alice@example.com`, null],
      ['principal', 'group:Payments*\nuser:*@example.com', null],
      ['principal', 'group:payments on-call\nuser:ALICE*', null],
      ['principal', 'group:**\nservice-principal:**', [azureIds.alice]],
      ['principal', `user:**\nuser:${azureIds.onCall}`, [azureIds.onCall]],
      ['principal', `group:**\napp:${azureIds.deployClientId}`, [azureIds.alice]],
      ['role', `${azureIds.reader}\n/providers/Microsoft.Authorization/roleDefinitions/${azureIds.blobReader}`, null],
      ['role', 'reader\nStorage Blob * Reader', null],
      ['role', 'Storage*', [azureIds.reader]],
      ['target', `${scopes.subscription.toUpperCase().replace('SUBSCRIPTIONS', 'subscriptions')}\n${staging}`, null],
      ['target', 'subscription:payments-*', null],
      ['target', 'resource-group:PAYMENTS-*\nsubscription:payments-staging', null],
      ['target', `${managementGroups}/mg-platform`, null],
      ['target', 'management-group:Payments', null],
      ['target', 'management-group:mg-pl*', null],
      ['target', '/', null],
      // A scope with an ID that only begins in the same way, and one below the requested one.
      ['target', `${scopes.subscription}/resourceGroups/payments\n${staging}`, [scopes.resourceGroup]],
      ['target', `${scopes.resourceGroup}\n${staging}/resourceGroups/payments-staging`, [staging]],
      ['target', 'management-group:mg-shared-eu\nsubscription:sand*', [scopes.resourceGroup, staging]],
    ],
  ],
];

describe.each(cases)('the allowed values on %s (P10)', (_, cloud, all) => {
  it.each(['by ids', 'by names'] as const)('are compared with the resolved grants, given %s', async (how) => {
    const inputs = how === 'by ids' ? manyByIds(cloud) : manyByNames(cloud);
    // The same for every spelling of the request: a third of them is enough for the names.
    const some = how === 'by ids' ? all : all.filter((__, index) => index % 3 === 0);
    await inWorld(cloud.world, async (world) => {
      const ends = await severalAtOnce(some, async ([part, lines, left]) => {
        const guard = { [`allowed-${part}s`]: lines };
        // Refusals apply to a step that would change something.
        const result = await cloud.step(world, { ...inputs, ...guard, 'dry-run': String(left === null) });
        expect(starts(cloud, result)).toEqual([]);
        const text = errors(result);
        const named = [...cloud.idLines[part]]
          .map((line) => line.replace(/^(?:user|group):/u, ''))
          .filter((id) => text.includes(id));
        return [
          part,
          lines,
          result.exitCode,
          text === '' ? null : named,
          text.includes(`allowed-${part}s does not cover`),
        ];
      });
      expect(ends).toEqual(
        some.map(([part, lines, left]) => [part, lines, left === null ? 0 : 1, left, left !== null]),
      );
      expect(held(cloud, world)).toBe(0);
    });
  });
});

describe.each(cases)('the allowed values on %s (P10)', (_, cloud) => {
  it('apply to a revocation too', async () => {
    await inWorld(cloud.world, async (world) => {
      for (const nth of eight) cloud.addNth(world, nth);
      const revoke = { ...manyByNames(cloud), operation: 'revoke' };
      const result = await cloud.step(world, { ...revoke, 'allowed-principals': cloud.idLines.principal[0] });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      expect(errors(result)).toContain('allowed-principals does not cover 1 principal: "alice@example.com"');
      expect(starts(cloud, result)).toEqual([]);
      expect(held(cloud, world)).toBe(8);
    });
  });
});
