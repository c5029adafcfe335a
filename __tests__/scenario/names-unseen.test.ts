import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { azureByIds, azureIds, azureStep, inAzure, scopes } from './azure-support.ts';
import { byIds, byNames, errors, ids, inWorld, step } from './support.ts';

/** Requested names, and similar ones: their display, and their ID. */
type Case = readonly [line: string, shown: string, id: string];

const missed = 'differs only in characters that are easily missed';

/** Things with names that a person cannot distinguish from the line. */
function awsEstate(): Estate {
  const estate = loadEstate();
  const { organization, groups, users } = estate;
  if (organization === undefined) throw new Error('The estate has no organization.');
  return {
    ...estate,
    groups: [
      ...groups,
      { id: '84a8f408-6091-7017-9b2e-5d4c3b2a3000', displayName: 'Cloud Admins ' },
      { id: '84a8f408-6091-7017-9b2e-5d4c3b2a3001', displayName: 'Caf\u0065\u0301 Ops' },
    ],
    users: [...users, { id: '84a8f408-6091-7017-9b2e-5d4c3b2a3002', userName: 'erin\u200b', displayName: 'Erin' }],
    organization: {
      ...organization,
      accounts: [
        ...organization.accounts,
        { id: '555566667777', name: 'Log Archive ', parent: 'ou-f6g7-workload' },
        { id: '555566668888', name: 'shop-prod', parent: 'ou-f6g7-workload', state: 'SUSPENDED' },
        { id: '555566669999', name: 'shop-prod', parent: 'ou-f6g7-workload' },
      ],
      organizationalUnits: [
        ...organization.organizationalUnits,
        { id: 'ou-f6g7-trail001', name: 'Secu\u0433ity', parent: 'r-f6g7' },
        { id: 'ou-f6g7-trail002', name: 'Audit\u00a0Logs', parent: 'ou-f6g7-workload' },
      ],
    },
  };
}

const aws: readonly (readonly [input: string, ...Case])[] = [
  ['principal', 'group:Cloud Admins', '"Cloud Admins "', '84a8f408-6091-7017-9b2e-5d4c3b2a3000'],
  ['principal', 'group:Caf\u00e9 Ops', '"Cafe\\u0301 Ops"', '84a8f408-6091-7017-9b2e-5d4c3b2a3001'],
  ['principal', 'user:erin', '"erin\\u200b"', '84a8f408-6091-7017-9b2e-5d4c3b2a3002'],
  ['target', 'account:Log Archive', '"Log Archive "', '555566667777'],
  ['target', 'ou:/Workloads/Audit Logs', '"/Workloads/Audit\\u00a0Logs"', 'ou-f6g7-trail002'],
];

describe('on AWS a name with an invisible character', () => {
  it.each(aws)('in %s: %s is shown as %s, with its ID (P9)', (input, line, shown, id) =>
    inWorld({ estate: awsEstate() }, async (world) => {
      const result = await step(world, { ...byNames, target: ids.prod, [input]: line });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      expect(errors(result)).toContain(`${shown} (${id})`);
      expect(errors(result)).toContain(`${shown} ${missed}. If you mean it, use its ID.`);
      expect(world.aws.estate.operations()).toEqual([]);
    }),
  );

  it('is granted access by the shown ID', () =>
    inWorld({ estate: awsEstate() }, async (world) => {
      const principal = 'group:84a8f408-6091-7017-9b2e-5d4c3b2a3000';
      expect(await step(world, { ...byIds, principal })).toMatchObject({ exitCode: 0 });
    }));

  it('and a wrong path is reported with the deepest part that exists and the units below it', () =>
    inWorld({ estate: awsEstate() }, async (world) => {
      const result = await step(world, { ...byIds, target: 'ou:/Workloads/Prod' });
      expect(errors(result)).toMatch(/\/Workloads exists\. Below it: .*"Production" \(ou-f6g7-prod0001\)/u);
    }));
});

describe('an account with the same name as a closed one (P8)', () => {
  const both = /555566669999 \(ACTIVE\), 555566668888 \(SUSPENDED\)/u;

  it('is refused with the states of both', () =>
    inWorld({ estate: awsEstate() }, async (world) => {
      const result = await step(world, { ...byIds, target: 'account:shop-prod' });
      expect(errors(result)).toMatch(both);
      expect(errors(result)).not.toContain('allowed-targets');
    }));

  it('is reported for allowed-targets where that names it', () =>
    inWorld({ estate: awsEstate() }, async (world) => {
      const inputs = { ...byIds, target: '555566669999', 'allowed-targets': 'account:shop-prod' };
      const result = await step(world, inputs);
      expect(errors(result)).toMatch(both);
      expect(errors(result)).toContain('In allowed-targets: 2 accounts are named "shop-prod"');
      expect(await step(world, { ...inputs, 'allowed-targets': '555566669999' })).toMatchObject({ exitCode: 0 });
    }));
});

function azureEstate(): Estate {
  const estate = loadEstate();
  if (estate.azure === undefined) throw new Error('The estate has no Azure.');
  const { subscriptions, managementGroups, groups, servicePrincipals, roleDefinitions, users } = estate.azure;
  return {
    ...estate,
    azure: {
      ...estate.azure,
      subscriptions: [
        ...subscriptions,
        { id: '11111111-2222-4333-8444-555555555509', name: 'Shop\u00a0Prod' },
        { id: '11111111-2222-4333-8444-555555555508', name: 'retired', state: 'Disabled' },
        { id: '11111111-2222-4333-8444-555555555507', name: 'retired' },
      ],
      managementGroups: [...managementGroups, { id: 'mg-trail', displayName: 'Landing Zones ', parent: 'mg-platform' }],
      groups: [
        ...groups,
        { id: '96000000-0000-4000-8000-000000000099', displayName: 'Cloud Admins\r\n' },
        { id: '96000000-0000-4000-8000-000000000098', displayName: ' Leading Space' },
      ],
      users: [
        ...users,
        { id: '05e00000-0000-4000-8000-000000000099', displayName: 'Z', userPrincipalName: 'zoe@exampl\u0435.com' },
      ],
      servicePrincipals: [
        ...servicePrincipals,
        {
          id: '5e000000-0000-4000-8000-000000000099',
          appId: 'a9900000-0000-4000-8000-000000000099',
          displayName: 'deploy-shop\u200d',
          servicePrincipalType: 'Application',
        },
        ...(['97', '98'] as const).map((last) => ({
          id: `5e000000-0000-4000-8000-0000000000${last}`,
          appId: `a9900000-0000-4000-8000-0000000000${last}`,
          displayName: 'deploy-twin',
          servicePrincipalType: last === '97' ? ('Application' as const) : ('ManagedIdentity' as const),
        })),
      ],
      roleDefinitions: [
        ...roleDefinitions,
        {
          id: 'c0570000-0000-4000-8000-000000000199',
          name: 'Shop Operator ',
          type: 'CustomRole',
          permissions: [{ actions: ['*/read'] }],
          assignableScopes: [scopes.subscription],
        },
      ],
    },
  };
}

const azure: readonly (readonly [input: string, ...Case])[] = [
  ['principal', 'group:Cloud Admins', '"Cloud Admins\\u000d\\u000a"', '96000000-0000-4000-8000-000000000099'],
  ['principal', 'group:Leading Space', '" Leading Space"', '96000000-0000-4000-8000-000000000098'],
  ['principal', 'user:zoe@example.com', '"zoe@exampl\\u0435.com"', '05e00000-0000-4000-8000-000000000099'],
  ['principal', 'service-principal:deploy-shop', '"deploy-shop\\u200d"', '5e000000-0000-4000-8000-000000000099'],
  ['target', 'subscription:Shop Prod', '"Shop\\u00a0Prod"', '/subscriptions/11111111-2222-4333-8444-555555555509'],
  [
    'target',
    'management-group:Landing Zones',
    '"Landing Zones "',
    '/providers/Microsoft.Management/managementGroups/mg-trail',
  ],
  ['role', 'Shop Operator', '"Shop Operator "', 'c0570000-0000-4000-8000-000000000199'],
];

describe('on Azure a name with an invisible character', () => {
  it.each(azure)('in %s: %s is shown as %s, with its ID (P9)', (input, line, shown, id) =>
    inAzure({ estate: azureEstate() }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, [input]: line });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      expect(errors(result)).toContain(`${shown} (${id}`);
      expect(errors(result)).toContain(`${shown} ${missed}. If you mean it, use its ID.`);
    }),
  );

  it('is not reported where the directory is not readable, and neither is any other hint', () =>
    inAzure({ estate: azureEstate(), azure: { graphPermissions: 'none' } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, principal: 'group:Cloud Admins' });
      expect(errors(result)).toMatch(/Authorization_RequestDenied/u);
    }));
});

describe('two things on Azure with one name are reported with their differences', () => {
  it.each([
    [
      'principal',
      'service-principal:deploy-twin',
      /client ID a9900000-\S+97, Application\).*client ID a9900000-\S+98, ManagedIdentity\)/u,
    ],
    ['target', 'subscription:retired', /5508, Disabled\).*5507, Enabled\)/u],
  ] as const)('%s %s', (input, line, words) =>
    inAzure({ estate: azureEstate() }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, [input]: line });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(words);
    }),
  );

  it('and for a ceiling the fault is about the ceiling', () =>
    inAzure({ estate: azureEstate() }, async (world) => {
      const target = '/subscriptions/11111111-2222-4333-8444-555555555507';
      const inputs = { ...azureByIds, target, role: azureIds.reader, 'allowed-targets': 'subscription:retired' };
      expect(errors(await azureStep(world, inputs))).toContain('In allowed-targets: "retired" matches 2 subscriptions');
    }));
});
