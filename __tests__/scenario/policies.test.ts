import { beforeAll, describe, expect, it } from '@jest/globals';
import type { StepResult, Step } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { someOf } from './matrix.ts';
import { actionsOf, denied, policyOf, twoInstances, type Policy } from './policy-documents.ts';
import { byIds, byNames, errors, ids, inWorld, policy, pushAll, pushOne, signIn, step } from './support.ts';

function without({ Version, Statement }: Policy, action: string): Policy {
  const rest = Statement.map((it) => ({ ...it, Action: [it.Action].flat().filter((name) => name !== action) }));
  return { Version, Statement: rest.filter(({ Action }) => Action.length > 0) };
}

/** One use of an operation, in a world of its own. */
interface Scene {
  readonly title: string;
  readonly inputs: Step['inputs'];
  readonly world?: WorldOptions;
  readonly before?: (world: World) => void;
  /** Actions that the policy leaves out on purpose: without them the step has another way. */
  readonly spared?: readonly string[];
}

const onCall = {
  account: 'payments-prod',
  permissionSet: 'IncidentAdmin',
  principal: 'group:Payments On-Call',
} as const;
const assigned = (world: World): void => {
  world.aws.estate.add(onCall);
};

const edited = (world: World): void => {
  world.aws.estate.edit('ReadOnlyAccess');
};

const assignments = (operation: 'assign' | 'revoke'): readonly Scene[] => {
  const ready = operation === 'revoke' ? assigned : (): void => undefined;
  const named = { ...byNames, operation };
  const opposite = operation === 'assign' ? 'delete' : 'create';
  return [
    { title: 'by names', inputs: named, before: ready },
    { title: 'by ids', inputs: { ...byIds, operation }, before: ready },
    { title: 'a user by user name', inputs: { ...named, principal: 'user:bob@example.com', role: 'ReadOnlyAccess' } },
    { title: 'a user by e-mail address', inputs: { ...named, principal: 'user:carol.first@example.com' } },
    {
      title: 'a pinned instance with the id of its store',
      inputs: { ...named, 'aws-instance-arn': ids.instance, 'aws-identity-store-id': ids.store },
      before: ready,
    },
    {
      title: 'a pinned instance whose store is looked up',
      inputs: { ...named, 'aws-instance-arn': ids.instance },
      before: ready,
    },
    { title: 'one of two instances', inputs: named, world: twoInstances, before: ready },
    {
      title: 'beside an operation of the opposite kind',
      inputs: named,
      before: (world) => {
        if (operation === 'assign') assigned(world);
        world.aws.estate.start(opposite, onCall, { durationMs: 8_000 });
      },
    },
  ];
};

const scenes: Readonly<Record<string, readonly Scene[]>> = {
  assign: assignments('assign'),
  revoke: assignments('revoke'),
  provision: [
    { title: 'one account by names', inputs: { ...pushOne, role: 'ReadOnlyAccess', target: 'account:payments-prod' } },
    { title: 'all accounts by name', inputs: { ...pushAll, role: 'ReadOnlyAccess' } },
    { title: 'one account by ids', inputs: pushOne, before: edited },
    { title: 'all accounts', inputs: pushAll, before: edited },
    { title: 'one of two instances', inputs: pushAll, world: twoInstances, spared: ['sso:DescribeInstance'] },
  ],
};

const play = (scene: Scene, document: Policy): Promise<StepResult> =>
  inWorld({ ...scene.world, aws: { ...scene.world?.aws, policy: document } }, async (world) => {
    scene.before?.(world);
    return step(world, scene.inputs);
  });

/** Look-ups that another one replaces where they are denied: all permission sets instead of the account's. */
const replaceable: readonly string[] = ['sso:ListPermissionSetsProvisionedToAccount'];

const used = ({ requests }: StepResult): ReadonlySet<string> => new Set(requests.map((it) => it.action ?? ''));

describe.each(Object.keys(scenes).map((operation, row) => [operation, row] as const))(
  'docs/policies/%s.json',
  (operation, row) => {
    const document = policyOf(operation);
    const results = new Map<Scene, StepResult>();
    beforeAll(async () => {
      for (const scene of scenes[operation] ?? []) results.set(scene, await play(scene, document));
    });

    it('allows every scene of the operation: nothing is denied', () => {
      for (const [{ title, spared = [] }, result] of results) {
        const refused = denied(result).filter((text) => !spared.some((action) => text.startsWith(`${action} on `)));
        expect([title, refused]).toEqual([title, []]);
      }
      const exits = [...results].map(([{ title }, { exitCode }]) => [title, exitCode]);
      expect(exits).toEqual(exits.map(([title]) => [title, 0]));
    });

    it('has no action twice, and no wildcard among its actions', () => {
      const actions = actionsOf(document);
      expect(new Set(actions).size).toBe(actions.length);
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    });

    it.each(someOf(row, actionsOf(document)))(
      'needs %s: it was used, and without it a scene ends red or shows a denied request',
      async (action) => {
        const [scene] = [...results].find(([, result]) => used(result).has(action)) ?? [];
        if (scene === undefined) throw new Error(`${action} is never used`);
        const result = await play(scene, without(document, action));
        expect(denied(result).some((text) => text.startsWith(`${action} on `))).toBe(true);
        // Whoever runs it is told by an error or a warning, unless the step went another way.
        if (result.exitCode === 0 && replaceable.includes(action)) return;
        const told = result.annotations.map(({ message }) => message).join('\n');
        expect(told).toMatch(new RegExp(`${action}|Set aws-instance-arn`, 'u'));
      },
    );
  },
);

describe('docs/policies/management-account.json', () => {
  const roleArn = 'arn:aws:iam::444455556666:role/access-broker';
  const onManagement = JSON.stringify(policyOf('assign')).replaceAll(
    'account/123456789012',
    `account/${ids.management}`,
  );
  const whole: Policy = {
    Version: '2012-10-17',
    Statement: [...(JSON.parse(onManagement) as Policy).Statement, ...policyOf('management-account').Statement],
  };
  const assign = (document: Policy): Promise<StepResult> =>
    inWorld({ aws: { roleArn, policy: document } }, async (world) => {
      const result = await step(world, {
        ...byIds,
        'aws-role-to-assume': roleArn,
        target: ids.management,
        'allow-privileged': 'true',
      });
      expect(world.aws.estate.effectiveChanges()).toHaveLength(result.exitCode === 0 ? 1 : 0);
      return result;
    });

  it('lets a role of the management account assign there', async () => {
    const result = await assign(whole);
    expect(denied(result)).toEqual([]);
    expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'target-id': ids.management });
  });

  it.each(actionsOf(policyOf('management-account')))(
    'needs %s: without it the assignment ends FAILED',
    async (action) => {
      const result = await assign(without(whole, action));
      expect(result.exitCode).toBe(1);
      expect(result.outputs['failure-reason']).toContain(action);
      expect(errors(result)).toMatch(/What to do: .*management account/su);
    },
  );
});

/** A job that the role's trust does not let in: it changes nothing. */
function expectKeptOut(result: StepResult): void {
  expect(result.exitCode).toBe(1);
  expect(errors(result)).toContain('AccessDenied');
  expect(result.requests.filter((it) => it.service === 'sso')).toEqual([]);
}

describe.each([
  ['trust-name', false],
  ['trust-immutable', true],
])('docs/policies/%s.json', (name, immutableSubject) => {
  const workflowPath = '.github/workflows/incident-access.yml';
  const run = (context: Step['context']): Promise<StepResult> =>
    inWorld({ aws: { trust: policy(name) } }, (world) =>
      step(world, byIds, { context: { immutableSubject, workflowPath, ...context } }),
    );

  it('lets the job of the environment in', async () => {
    const result = await run({});
    expect(result.exitCode).toBe(0);
  });

  it.each<[string, Step['context']]>([
    ['the other form of the subject', { immutableSubject: !immutableSubject }],
    ['another environment', { environment: 'staging-access' }],
    ['no environment', { environment: null }],
    ['another repository', { repository: 'octo-org/other', repositoryId: '1' }],
    ['a repository of another owner', { repository: 'octo-evil/infra', ownerId: '2' }],
    ['another repository that took the name', { repositoryId: '1' }],
    ['another workflow file', { workflowPath: '.github/workflows/build.yml' }],
    ['its file as another branch has it', { ref: 'refs/heads/feature' }],
    ['its file as a tag has it', { ref: 'refs/tags/main' }],
    ['its name in another letter case', { workflowPath: workflowPath.replace('incident', 'Incident') }],
  ])('lets nobody in with %s (P10)', async (_, context) => {
    expectKeptOut(await run(context));
  });

  it('lets nobody in with another audience', async () => {
    const result = await inWorld({ aws: { trust: policy(name) } }, (world) =>
      step(
        world,
        { ...signIn, ...byIds, 'aws-audience': 'api://other' },
        { context: { immutableSubject, workflowPath } },
      ),
    );
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toContain('api://other');
  });
});

describe('docs/policies/trust-reusable.json', () => {
  const called = 'OWNER/cloud-access/.github/workflows/lease-aws.yml@6dcb09b5b57875f334f61aebed695e2e4193db5e';
  const run = (context: NonNullable<Step['context']>): Promise<StepResult> =>
    inWorld({ aws: { trust: policy('trust-reusable') } }, (world) => step(world, byIds, { context }));

  it('lets the called workflow in, whichever file of the repository calls it', async () => {
    for (const workflowPath of ['.github/workflows/a.yml', '.github/workflows/b.yml'])
      expect(await run({ jobWorkflowRef: called, workflowPath })).toMatchObject({ exitCode: 0 });
  });

  it.each<[string, NonNullable<Step['context']>]>([
    ['the called workflow at another commit', { jobWorkflowRef: called.replace('6dcb09b5', '00000000') }],
    ['the called workflow at a tag', { jobWorkflowRef: called.replace(/@.*$/u, '@v1') }],
    ['another file of the same commit', { jobWorkflowRef: called.replace('lease-aws', 'apply-aws') }],
    ['the file of a fork', { jobWorkflowRef: called.replace('OWNER', 'octo-evil') }],
    ['its own workflow file, whatever it is called', { workflowPath: '.github/workflows/lease-aws.yml' }],
    ['the called workflow from another repository', { jobWorkflowRef: called, repositoryId: '1' }],
    ['the called workflow from another environment', { jobWorkflowRef: called, environment: 'staging-access' }],
  ])('lets nobody in with %s (P10)', async (_, context) => {
    expectKeptOut(await run(context));
  });
});
