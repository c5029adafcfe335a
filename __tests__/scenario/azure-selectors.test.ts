import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { azureByIds, azureIds, azureStep, inAzure, requestsTo, scopes } from './azure-support.ts';
import { resultsOf } from './reports.ts';
import { errors, severalAtOnce } from './support.ts';

const subscriptions = '/subscriptions/11111111-2222-4333-8444-5555555555';
const groups = '/providers/Microsoft.Management/managementGroups';
const there = {
  rg: scopes.resourceGroup,
  vault: `${scopes.resourceGroup}/providers/Microsoft.KeyVault/vaults/pay-keys`,
  data: scopes.resource,
  staging: `${subscriptions}02`,
  sandbox: `${subscriptions}03`,
  payments: scopes.managementGroup,
} as const;
type Place = keyof typeof there;

/** None of these is inside another. */
const apart = ['resource-group:payments-prod', there.data, 'subscription:payments-staging', there.sandbox];
const nested = [...apart, there.vault, 'management-group:Payments'];

/** Planned change of each grant in a dry run. */
async function selected(inputs: Step['inputs']): Promise<StepResult> {
  return inAzure({}, (world) => azureStep(world, { ...azureByIds, ...inputs, 'dry-run': 'true' }));
}

const targetsIn = (result: StepResult): ReadonlySet<unknown> => new Set(resultsOf(result).map((it) => it['target-id']));

/** Lines that select, lines that exclude, and the remaining targets; `null` where none remain. */
const exclusions: readonly (readonly [string, readonly string[], readonly string[], readonly Place[] | null])[] = [
  ['a resource', apart, [there.data], ['rg', 'staging', 'sandbox']],
  ['a resource group by name', apart, ['resource-group:payments-prod'], ['data', 'staging', 'sandbox']],
  [
    'a resource group in another letter case',
    apart,
    [`${subscriptions}01/resourceGroups/PAYMENTS-Prod`],
    ['data', 'staging', 'sandbox'],
  ],
  ['a group that merely holds a target', apart, ['resource-group:payments-data'], ['rg', 'staging', 'sandbox']],
  ['a subscription by name, with all in it', apart, ['subscription:payments-prod'], ['staging', 'sandbox']],
  ['a subscription by id', apart, [`subscription:${azureIds.subscription}`], ['staging', 'sandbox']],
  ['a subscription by its scope', apart, [there.sandbox], ['rg', 'data', 'staging']],
  ['a management group, with all below it', nested, ['management-group:Payments'], ['sandbox']],
  ['a management group that is no target', apart, ['management-group:Payments'], ['sandbox']],
  ['a management group by its scope, in another letter case', nested, [`${groups}/MG-PAYMENTS`], ['sandbox']],
  ['the management group above, with groups below it', nested, [`${groups}/mg-platform`], null],
  ['the tenant', nested, ['/'], null],
  ['two at once', nested, ['management-group:Payments', `subscription:${there.sandbox.slice(-36)}`], null],
  ['two of which one holds the other', apart, ['subscription:payments-prod', there.data], ['staging', 'sandbox']],
];

describe('an exclusion', () => {
  it('removes its scope and everything below it, of any kind (P8)', async () => {
    const ends = await severalAtOnce(exclusions, async ([title, from, lines]) => {
      const target = [...lines.map((line) => `!${line}`), ...from].join('\n');
      const result = await selected({ target });
      if (result.exitCode === 0) return [title, targetsIn(result)];
      expect(errors(result)).toMatch(/No target is left: all \d are excluded by "!/u);
      expect(errors(result)).toContain(`!${lines.at(-1) ?? ''}`);
      return [title, null];
    });
    expect(ends).toEqual(
      exclusions.map(([title, , , left]) => [title, left === null ? null : new Set(left.map((name) => there[name]))]),
    );
  });

  it.each<[string, string, string | RegExp]>([
    [
      'matches nothing',
      'management-group:mg-shared-eu',
      'The exclusion "!management-group:mg-shared-eu" matches none of the targets',
    ],
    [
      'is no more than a part of a name',
      `${scopes.subscription}/resourceGroups/payments`,
      'matches none of the targets',
    ],
    [
      'lies inside a target: Azure leaves no part out',
      there.vault,
      /is inside the target .*payments-prod\. A role that is assigned there applies to everything below/u,
    ],
    ['names nothing there is', 'subscription:payments', /subscription.*payments/u],
    [
      'names two things',
      'subscription:sandbox',
      /sandbox.*11111111-2222-4333-8444-555555555503.*11111111-2222-4333-8444-555555555504/su,
    ],
  ])('that %s ends red before any change (P8)', async (_, line, text) => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, target: [...apart, `!${line}`].join('\n') });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      if (typeof text === 'string') expect(errors(result)).toContain(text);
      else expect(errors(result)).toMatch(text);
      expect(errors(result)).toContain('What to do: ');
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    });
  });

  it('of a target inside another remaining target does not claim to keep the access away (P8)', async () => {
    const lines = [
      [...apart, there.vault, `!${there.vault}`],
      ['management-group:Payments', 'subscription:payments-prod', '!subscription:payments-prod'],
    ];
    const results = await severalAtOnce(lines, (target) => selected({ target: target.join('\n') }));
    for (const result of results)
      expect(result.log).toMatch(/is inside .*\. A role that is assigned there applies to everything below/u);
  });

  it('looks up the scopes below a management group once, and only where IDs do not decide', async () => {
    const asked = await selected({ target: [...apart, '!management-group:Payments'].join('\n') });
    expect(requestsTo(asked, 'managementGroups.descendants')).toHaveLength(1);
    const plain = await selected({ target: `${there.rg}\n${there.data}\n!${there.rg}` });
    expect(targetsIn(plain)).toEqual(new Set([there.data]));
    expect(requestsTo(plain, 'managementGroups.descendants', 'subscriptions.list')).toEqual([]);
  });

  it('that cannot be looked up was not applied: red, with the permission (P8)', async () => {
    const role = {
      permissions: [{ actions: ['*/read'], notActions: ['Microsoft.Management/managementGroups/descendants/read'] }],
    };
    await inAzure({ azure: { callerRole: role } }, async (world) => {
      const target = `${there.rg}\n${there.sandbox}\n!${there.payments}`;
      const result = await azureStep(world, { ...azureByIds, target });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('Microsoft.Management/managementGroups/descendants/read');
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    });
  });
});

describe('several lines', () => {
  it('multiply: every principal gets every role on every scope, each verified and reported (Many)', async () => {
    await inAzure({}, async (world) => {
      const { estate } = world.azure;
      const result = await azureStep(world, {
        principal: `group:Payments On-Call\nuser:${azureIds.alice}\napp:${azureIds.deployClientId}`,
        role: `Reader\n${azureIds.blobReader}`,
        target: 'resource-group:payments-prod\nsubscription:payments-staging\nmanagement-group:Payments',
      });
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'principal-id': '',
        'role-id': '',
        'assignment-id': '',
      });
      const wanted = [azureIds.onCall, azureIds.alice, azureIds.deploy].flatMap((principalId) =>
        [azureIds.reader, azureIds.blobReader].flatMap((role) =>
          [there.rg, there.staging, there.payments].map((scope) => ({ scope, role, principalId })),
        ),
      );
      expect(wanted.filter((it) => !estate.has(it))).toEqual([]);
      expect(estate.effectiveChanges()).toHaveLength(18);
      const records = resultsOf(result);
      expect(records).toHaveLength(18);
      expect(new Set(records.map((it) => it['assignment-id'])).size).toBe(18);
      expect(new Set((result.outputs['request-id'] ?? '').split('\n'))).toEqual(
        new Set(records.map((it) => it['request-id'])),
      );
      expect(result.log.match(/^SUCCEEDED: /gmu)).toHaveLength(18);
    });
  });

  it('for the same grant in other words are one grant, and so is one named by ID and by name (P8)', async () => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, {
        principal: `app:${azureIds.deployClientId}\nservice-principal:deploy-payments\nservice-principal:${azureIds.deploy.toUpperCase()}`,
        role: `storage blob data reader\n${azureIds.blobReader.toUpperCase()}\n${scopes.subscription}/providers/Microsoft.Authorization/roleDefinitions/${azureIds.blobReader}`,
        target: `resource-group:payments-prod\nresource-group:PAYMENTS-PROD\n${there.rg}\n${there.rg}`,
      });
      expect(errors(result)).toBe('');
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
      expect(resultsOf(result)).toHaveLength(1);
      expect(result.outputs).toMatchObject({ 'principal-id': azureIds.deploy, 'principal-type': 'ServicePrincipal' });
      expect(result.outputs['target-id']?.toLowerCase()).toBe(there.rg.toLowerCase());
    });
  });

  it('are refused with all their faults, and nothing is changed (P8)', async () => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, {
        principal: 'group:Nobody\ngroup:Twin Group\nuser:alice@example.com',
        role: 'Twin Role\nNo Such Role\nReader',
        target: `${there.rg}\nsubscription:sandbox\nmanagement-group:Shared\nsubscription:missing\n!management-group:nowhere`,
      });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      for (const text of [
        'Nobody',
        'Twin Group',
        'sandbox',
        'Shared',
        'missing',
        'nowhere',
        'Twin Role',
        'No Such Role',
      ]) {
        expect([text, result.log.includes(`"${text}"`)]).toEqual([text, true]);
        expect([text, result.summary.includes(text)]).toEqual([text, true]);
      }
      for (const id of [
        '96000000-0000-4000-8000-000000000002',
        '96000000-0000-4000-8000-000000000003',
        'mg-shared-eu',
        'mg-shared-us',
      ]) {
        expect(result.log).toContain(id);
      }
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    });
  });

  it('with a privileged one are refused as a whole (P10)', async () => {
    await inAzure({}, async (world) => {
      const result = await azureStep(world, {
        ...azureByIds,
        role: 'Reader\nOwner\nAccess Helper',
        principal: `group:${azureIds.onCall}\nservice-principal:${azureIds.broker}`,
      });
      expect(result.exitCode).toBe(1);
      for (const text of ['Owner', 'Access Helper', 'allow-privileged']) expect(errors(result)).toContain(text);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    });
  });

  it('do not accept an assignment-name: one name is for one grant', async () => {
    const name = '0a1b2c3d-0000-4000-8000-00000000000a';
    const result = await selected({ role: `${azureIds.reader}\n${azureIds.blobReader}`, 'assignment-name': name });
    expect(errors(result)).toContain('assignment-name');
    expect(result.requests).toEqual([]);
  });
});
