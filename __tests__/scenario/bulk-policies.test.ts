import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeEstate } from '../../rehearsal/estates.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { lines, recordsOf } from './aws-bulk-support.ts';
import { azureByNames, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';
import { actionsOf, denied, policyOf, twoInstances, type Policy } from './policy-documents.ts';
import { byNames, errors, ids, inWorld, policy, severalAtOnce, signIn, step } from './support.ts';

/** Policies that are attached to one role. */
function together(...names: readonly string[]): Policy {
  return { Version: '2012-10-17', Statement: names.flatMap((name) => policyOf(name).Statement) };
}

/** Unchanged policies, in all accounts: other tests cover their effects and places. */
function everywhere(document: Policy): Policy {
  const text = JSON.stringify(document).replaceAll(`account/${ids.prod}`, 'account/*');
  return JSON.parse(text) as Policy;
}

interface Scene {
  readonly title: string;
  readonly inputs: Step['inputs'];
  readonly world?: WorldOptions;
  readonly before?: (world: World) => void;
  /** The report of a step that does not find a name, and suggests similar ones. */
  readonly asks?: RegExp;
}

const granted = (world: World): void => {
  world.aws.estate.add({
    account: 'payments-prod',
    permissionSet: 'IncidentAdmin',
    principal: 'group:Payments On-Call',
  });
};
const edited = (world: World): void => {
  world.aws.estate.edit('ReadOnlyAccess');
};

const unit = { ...byNames, target: lines('ou:/Workloads/**', '!account:data-lake') } as const;
const guarded = {
  ...byNames,
  principal: lines(`group:${ids.onCall}`, `user:${ids.alice}`),
  target: ids.prod,
  'allowed-principals': lines('group:Payments*', 'user:*@example.com'),
  'allowed-roles': 'Incident*',
  'allowed-targets': 'account:payments-*',
} as const;
const outdated = { ...signIn, operation: 'provision', role: '*', target: 'outdated' } as const;
const pinnedByName = { ...outdated, role: 'ReadOnlyAccess', 'aws-instance-arn': ids.instance } as const;
const planned = { 'dry-run': 'true' } as const;

const planning: readonly Scene[] = [
  { title: 'names', inputs: byNames },
  { title: 'a user', inputs: { ...byNames, principal: 'user:carol.first@example.com' } },
  {
    title: 'a group in another letter case',
    inputs: { ...byNames, principal: 'group:payments on-call' },
    asks: /Payments On-Call/u,
  },
  { title: 'one of two instances', inputs: byNames, world: twoInstances },
  { title: 'an organizational unit', inputs: unit },
  { title: 'an organizational unit alone', inputs: { ...unit, target: 'ou:/Workloads/**' } },
  { title: 'ceilings', inputs: guarded },
  { title: 'a revocation', inputs: { ...byNames, operation: 'revoke' }, before: granted },
  { title: 'what is outdated', inputs: outdated, before: edited },
  { title: 'what is outdated of one', inputs: pinnedByName, before: edited },
  { title: 'a push to a unit', inputs: { ...outdated, target: 'ou:/Workloads/**' }, before: edited },
];

const sets: Readonly<Record<string, readonly [document: Policy, own: readonly string[], scenes: readonly Scene[]]>> = {
  'plan.json': [
    policyOf('plan'),
    actionsOf(policyOf('plan')),
    planning.map((scene) => ({ ...scene, inputs: { ...scene.inputs, ...planned } })),
  ],
  'organizational-units.json': [
    everywhere(together('assign', 'organizational-units')),
    actionsOf(policyOf('organizational-units')),
    [
      { title: 'by path', inputs: { ...unit, target: 'ou:/Workloads/**' } },
      { title: 'without an account by name', inputs: unit },
    ],
  ],
  'guards.json': [
    everywhere(together('assign', 'guards')),
    actionsOf(policyOf('guards')),
    [{ title: 'by names', inputs: guarded }],
  ],
  'reprovision.json': [
    policyOf('reprovision'),
    actionsOf(policyOf('reprovision')),
    [
      { title: 'found by account', inputs: outdated, before: edited },
      {
        title: 'found by permission set',
        inputs: outdated,
        world: {
          estate: makeEstate({
            accounts: 12,
            permissionSets: 3,
            provisioned: { permissionSets: 3, accounts: 4, outdated: 1 },
          }),
        },
      },
      { title: 'one by name, a pinned instance', inputs: pinnedByName, before: edited },
    ],
  ],
};

describe.each(Object.entries(sets))('docs/policies/%s', (name, [document, own, scenes]) => {
  const results = new Map<Scene, StepResult>();
  beforeAll(async () => {
    await severalAtOnce(scenes, async (scene) =>
      inWorld({ ...scene.world, aws: { ...scene.world?.aws, policy: document } }, async (world) => {
        scene.before?.(world);
        results.set(scene, await step(world, scene.inputs));
      }),
    );
  });

  it('allows every scene: nothing is denied, and all end with the expected result', () => {
    const ends = [...results].map(([{ title }, it]) => [title, it.exitCode, denied(it), errors(it)]);
    expect(ends).toEqual(
      [...results.keys()].map(({ title, asks }) => [
        title,
        asks === undefined ? 0 : 1,
        [],
        asks === undefined ? '' : expect.stringMatching(asks),
      ]),
    );
    expect(results.size).toBe(scenes.length);
  });

  it('has no unused action', () => {
    const used = new Set([...results.values()].flatMap(({ requests }) => requests.map((it) => it.action ?? '')));
    expect(own.filter((action) => !used.has(action))).toEqual([]);
    expect({ name, actions: own.length }).toEqual({ name, actions: new Set(own).size });
  });
});

describe('docs/policies/plan.json (P10)', () => {
  it('cannot carry out its plan: red at the first change, which is denied', async () => {
    await inWorld({ aws: { policy: policyOf('plan') } }, async (world) => {
      const before = world.aws.estate.assignments().length;
      const result = await step(world, byNames);
      expect(result.exitCode).toBe(1);
      expect(denied(result).filter((text) => text.startsWith('sso:CreateAccountAssignment'))).not.toEqual([]);
      expect(world.aws.estate.assignments()).toHaveLength(before);
    });
  });
});

describe('docs/policies/reprovision.json', () => {
  it('pushes every outdated pair', async () => {
    await inWorld({ aws: { policy: policyOf('reprovision') } }, async (world) => {
      edited(world);
      const result = await step(world, outdated);
      expect(recordsOf(result).map((record) => record['status'])).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
      expect(world.aws.estate.outdated()).toEqual([]);
    });
  });
});

describe('docs/policies/azure-plan.json', () => {
  const role = policy('azure-plan') as {
    readonly Actions: readonly string[];
    readonly AssignableScopes: readonly string[];
  };
  const scenes: readonly Step['inputs'][] = [
    azureByNames,
    { ...azureByNames, target: 'subscription:payments-prod' },
    { ...azureByNames, operation: 'revoke' },
  ];
  const as = (actions: readonly string[]): WorldOptions => ({
    azure: { callerRole: { permissions: [{ actions }], scopes: role.AssignableScopes } },
  });
  const play = (inputs: Step['inputs'], actions = role.Actions): Promise<StepResult> =>
    inAzure(as(actions), async (world) => {
      world.azure.estate.add(onCallBlobReader);
      return azureStep(world, { ...inputs, ...planned });
    });

  it('allows every plan, has no unused action, and cannot carry out a plan (P10)', async () => {
    const results = await severalAtOnce(scenes, (inputs) => play(inputs));
    expect(results.map((it) => [it.exitCode, denied(it), errors(it)])).toEqual(scenes.map(() => [0, [], '']));
    const used = new Set(results.flatMap(({ requests }) => requests.map((it) => it.action ?? '')));
    expect(role.Actions.filter((action) => !used.has(action))).toEqual([]);
    await inAzure(as(role.Actions), async (world) => {
      const result = await azureStep(world, azureByNames);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('Microsoft.Authorization/roleAssignments/write');
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    });
  });

  it.each(role.Actions)('needs %s: without it a plan is red, and reports it', async (action) => {
    const [byName, inSubscription] = scenes;
    const inputs = action.includes('/subscriptions/') ? inSubscription : byName;
    const result = await play(
      inputs ?? {},
      role.Actions.filter((it) => it !== action),
    );
    expect(result.exitCode).toBe(1);
    // A list leaves out assignments that the identity cannot read; anything else is denied by name.
    expect(errors(result)).toMatch(new RegExp(`${action}|signed-in identity can see no`, 'u'));
  });
});
