import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import {
  endJob,
  ender,
  hour,
  isThere,
  job,
  leased,
  minute,
  permanently,
  post,
  refuseFirings,
  revoking,
  shortly,
  start,
  sweeping,
  withEnder,
  withHistory,
} from './lease-support.ts';
import { actionsOf, denied, policyOf, twoInstances } from './policy-documents.ts';
import { byNames, errors, ids, inWorld, onCallAssignment, policy, severalAtOnce, signIn, step } from './support.ts';

/** Each action once, from any of its statements. */
const allowedBy = (name: string): readonly string[] => [...new Set(actionsOf(policyOf(name)))];

const sweeper = 'arn:aws:iam::111122223333:role/access-sweeper';
/** All roles of a world of leases as the documents define them. */
const documented: WorldOptions = {
  startAt: start,
  aws: {
    policy: policyOf('lease-broker'),
    roles: [{ arn: sweeper, policy: policyOf('lease-sweeper') }],
    executionRole: { policy: policyOf('lease-execution-role'), trust: policy('lease-execution-trust') },
  },
};

const named = { ...byNames, ...withEnder, lifetime: '2h' } as const;
const kept = { ...leased, 'keep-after-job': 'true' } as const;
const bySweeper = { ...sweeping, 'aws-role-to-assume': sweeper } as const;
const [one, two, three] = [job(1), job(2), job(3)];

/** Several steps of several jobs in a world of their own, with their results. */
interface Scene {
  readonly title: string;
  readonly world?: WorldOptions;
  /** Its step is red, and not because of a permission. */
  readonly isRed?: true;
  readonly play: (world: World, run: Run) => Promise<void>;
}

/** Runs a step, and keeps its result. */
type Run = (inputs: Step['inputs'], more?: Omit<Step, 'inputs'>) => Promise<StepResult>;

const after = ({ state }: StepResult, more: Omit<Step, 'inputs'> = {}): Omit<Step, 'inputs'> => ({
  stage: 'post',
  state,
  ...more,
});

const broking: readonly Scene[] = [
  {
    title: 'a lease by names, in a group that is made, and post',
    play: async (_, run) => {
      await run(leased, after(await run(named)));
    },
  },
  {
    title: 'a lease of a user by e-mail address, one of two instances',
    world: twoInstances,
    play: async (_, run) => {
      await run(leased, after(await run({ ...named, principal: 'user:carol.first@example.com' })));
    },
  },
  {
    title: 'a group whose name is misspelt, and what is near it',
    isRed: true,
    play: async (_, run) => {
      await run({ ...named, principal: 'group:payments on-call' });
    },
  },
  {
    title: 'a pinned instance whose store is looked up',
    play: async (_, run) => {
      await run(leased, after(await run({ ...named, 'aws-instance-arn': ids.instance })));
    },
  },
  {
    title: 'two leases that overlap',
    play: async (_, run) => {
      const first = await run(leased, one);
      const second = await run({ ...leased, lifetime: '3h' }, two);
      await run(leased, after(first, one));
      await run(leased, after(second, two));
    },
  },
  {
    title: 'release and extend',
    play: async (_, run) => {
      const lease = { cloud: 'aws', 'aws-role-to-assume': ids.broker };
      const taken = await run(kept, one);
      const extended = await run(
        { ...lease, operation: 'extend', 'lease-id': taken.outputs['lease-id'] ?? '', lifetime: '3h' },
        two,
      );
      await run({ ...lease, operation: 'release', 'lease-id': extended.outputs['lease-id'] ?? '' }, three);
    },
  },
  {
    title: 'what was there before is kept',
    play: async (world, run) => {
      world.aws.estate.add(onCallAssignment);
      await run(leased);
    },
  },
  {
    title: 'a permanent assign and a revoke of what is leased',
    play: async (_, run) => {
      await run(leased, one);
      await run(permanently, two);
      await run(revoking, three);
    },
  },
  {
    title: 'access that history proves to be a lease',
    play: async (world, run) => {
      await withHistory(world);
      refuseFirings(world);
      await run(leased, one);
      await world.advance(2 * hour + 30 * minute);
      await run(leased, two);
    },
  },
  {
    title: 'beside a deletion of the same grant',
    play: async (world, run) => {
      world.aws.estate.add(onCallAssignment);
      world.aws.estate.start('delete', onCallAssignment, { durationMs: 8_000 });
      await run(leased);
    },
  },
];

const sweepScenes: readonly Scene[] = [
  {
    title: 'a lease whose job has ended',
    play: async (world, run) => {
      await run(leased, one);
      endJob(world, 1);
      await world.advance(20 * minute);
      await run({ ...signIn, ...withEnder, operation: 'sweep', 'aws-role-to-assume': sweeper }, two);
      if (isThere(world) || shortly(world).length > 0) throw new Error('the sweep left something');
    },
  },
  {
    title: 'what all firings have failed to end',
    play: async (world, run) => {
      await withHistory(world);
      refuseFirings(world);
      await run(leased, one);
      await world.advance(2 * hour + 30 * minute);
      await run(bySweeper, two);
      if (isThere(world)) throw new Error('the sweep left something');
    },
  },
  {
    title: 'one of two instances',
    world: twoInstances,
    play: async (_, run) => {
      await run({ ...signIn, ...withEnder, operation: 'sweep', 'aws-role-to-assume': sweeper }, two);
    },
  },
];

const used = ({ requests }: Pick<StepResult, 'requests'>, role: string): readonly string[] =>
  requests
    .filter(({ principal = '' }) => principal.includes(`/${role}/`))
    .flatMap(({ action = '', service, operation }) => [action, `${service}:${operation}`]);

describe.each([
  ['lease-broker', broking, 'access-broker'],
  ['lease-sweeper', sweepScenes, 'access-sweeper'],
] as const)('docs/policies/%s.json', (name, scenes, role) => {
  const results: (readonly [string, StepResult])[] = [];
  beforeAll(async () => {
    await severalAtOnce(
      scenes,
      ({ title, world: options, play }) =>
        inWorld({ ...documented, ...options }, async (world) => {
          const run: Run = async (inputs, more) => {
            const result = await step(world, inputs, more);
            results.push([title, result]);
            return result;
          };
          await play(world, run);
        }),
      2,
    );
  }, 120_000);

  it('allows every scene: nothing is denied, and all are green', () => {
    const red = new Set(scenes.filter(({ isRed }) => isRed).map(({ title }) => title));
    const ends = results.map(([title, it]) => [title, it.exitCode, denied(it), red.has(title) || errors(it)]);
    expect(ends).toEqual(results.map(([title]) => [title, red.has(title) ? 1 : 0, [], red.has(title) || '']));
    expect(new Set(results.map(([title]) => title)).size).toBe(scenes.length);
  });

  it('has no unused action, and no wildcard among its actions', () => {
    const all = new Set(results.flatMap(([, it]) => used(it, role)));
    expect(allowedBy(name).filter((action) => !all.has(action) || action.includes('*'))).toEqual([]);
  });
});

describe('break-glass access, without a tag for leases', () => {
  const breakGlass = { ...onCallAssignment, permissionSetArn: ids.breakGlass } as const;
  const ofBreakGlass = { role: ids.breakGlass } as const;

  it('cannot be leased, made permanent or revoked by the broker (P10)', () =>
    inWorld(documented, async (world) => {
      for (const inputs of [leased, permanently]) {
        const result = await step(world, { ...inputs, ...ofBreakGlass });
        expect([result.exitCode, world.aws.estate.has(breakGlass)]).toEqual([1, false]);
        expect(errors(result)).toContain('sso:CreateAccountAssignment');
      }
      world.aws.estate.add(breakGlass);
      const revoked = await step(world, { ...revoking, ...ofBreakGlass });
      expect([revoked.exitCode, world.aws.estate.has(breakGlass)]).toEqual([1, true]);
    }));

  it('cannot be ended by the sweeper, nor by Scheduler, with any records (P3)', () =>
    inWorld(documented, async (world) => {
      await step(world, leased, one);
      // The leased permission set becomes a protected one.
      world.aws.estate.setTags('IncidentAdmin', {});
      endJob(world, 1);
      await world.advance(20 * minute);
      const swept = await step(world, bySweeper, two);
      expect([swept.exitCode, isThere(world)]).toEqual([1, true]);
      expect(denied(swept).some((text) => text.startsWith('sso:DeleteAccountAssignment'))).toBe(true);
      await world.advance(2 * hour);
      expect(isThere(world)).toBe(true);
      expect(
        world.aws.schedules.firings().map(({ outcome }) => ('code' in outcome ? outcome.code : outcome.kind)),
      ).toEqual(Array.from({ length: 4 }, () => 'AccessDeniedException'));
    }));
});

describe('the roles of leases', () => {
  it('the sweeper cannot grant (P10)', () =>
    inWorld(documented, async (world) => {
      const result = await step(world, { ...leased, 'aws-role-to-assume': sweeper });
      expect([result.exitCode, isThere(world)]).toEqual([1, false]);
      expect(allowedBy('lease-sweeper')).not.toContain('sso:CreateAccountAssignment');
    }));

  it('the sweeper lists by IDs; by names with plan.json too, which changes nothing', () => {
    const { principal, role, target } = byNames;
    const all = { ...signIn, operation: 'list', 'aws-role-to-assume': sweeper } as const;
    const lister = 'arn:aws:iam::111122223333:role/access-lister';
    const alone = policyOf('lease-sweeper');
    const withPlan = { ...alone, Statement: [...alone.Statement, ...policyOf('plan').Statement] };
    const roles = [
      { arn: sweeper, policy: alone },
      { arn: lister, policy: withPlan },
    ];
    return inWorld({ ...documented, aws: { ...documented.aws, roles } }, async (world) => {
      await step(world, kept, one);
      const listed = await step(world, { ...all, principal, role, target, 'aws-role-to-assume': lister }, two);
      expect([errors(listed), denied(listed), listed.log.includes(ids.onCall)]).toEqual(['', [], true]);
      const byId = await step(world, { ...all, target: ids.prod }, two);
      expect([errors(byId), denied(byId)]).toEqual(['', []]);
      const byName = await step(world, { ...all, target }, two);
      expect([byName.exitCode, denied(byName)]).toEqual([1, ['organizations:ListAccounts on *']]);
    });
  });

  it('the execution role ends a lease, and can do nothing else', () =>
    inWorld(documented, async (world) => {
      await step(world, leased, one);
      await world.advance(2 * hour + 2 * minute);
      expect(isThere(world)).toBe(false);
      expect(allowedBy('lease-execution-role')).toEqual(['sso:DeleteAccountAssignment']);
    }));

  it('the execution role trusts this group only: a schedule of another group cannot use it (P10)', () =>
    inWorld({ ...documented, aws: { ...documented.aws, policy: undefined } }, async (world) => {
      const result = await step(world, { ...leased, 'aws-scheduler-group': 'other' });
      expect([result.exitCode, isThere(world)]).toEqual([1, false]);
      expect(errors(result)).toContain('execution role');
      expect(ender).toBe(world.aws.roles.find(ender)?.arn);
    }));

  it.each(['lease-broker', 'lease-sweeper'])(
    '%s passes the execution role to Scheduler and to nothing else',
    (name) => {
      const passing = policyOf(name).Statement.filter(({ Action }) => [Action].flat().includes('iam:PassRole'));
      expect(passing).toEqual([
        expect.objectContaining({
          Resource: ender,
          Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
        }),
      ]);
    },
  );

  it('post of a lease needs no more rights than main', () =>
    inWorld(documented, async (world) => {
      const main = await step(world, leased);
      const ended = await post(world, main);
      expect([ended.exitCode, denied(ended), shortly(world)]).toEqual([0, [], []]);
    }));
});
