import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { supportsProxies } from '../../src/action/proxies.ts';
import { azureIds } from './azure-support.ts';
import { held, inFolder, manyAws, manyAzure, manyByIds, type ManyCloud } from './many.ts';
import { expectRefused } from './reviewed-plans.ts';
import { errors, ids, inWorld } from './support.ts';

const planner = 'arn:aws:iam::111122223333:role/pull-requests/access-planner';
const brokerClient = 'a9900000-0000-4000-8000-0000000000b0';

/** A second identity of the same cloud with read access only, and the one that applies. */
interface Pair {
  readonly cloud: ManyCloud;
  /** The world with the planner's rights, and with the broker's. */
  readonly planning: WorldOptions;
  readonly applying: WorldOptions;
  /** Inputs to sign in as the planner. */
  readonly signIn: Step['inputs'];
  readonly plannerId: string;
  readonly broker: string;
}

const { azure, ...estate } = loadEstate();
if (azure === undefined) throw new Error('estate.yml has no Azure.');

const pairs: readonly (readonly [string, Pair])[] = [
  [
    'AWS',
    {
      cloud: manyAws,
      planning: { ...manyAws.readOnly, aws: { roleArn: planner, ...manyAws.readOnly.aws } },
      applying: {},
      signIn: { 'aws-role-to-assume': planner },
      plannerId: planner.replace('pull-requests/', ''),
      broker: ids.broker,
    },
  ],
  [
    'Azure',
    {
      cloud: manyAzure,
      // Both are Azure's own addresses: a plan from one of these worlds is for the other.
      planning: {
        ...manyAzure.world,
        estate: { ...estate, azure: { ...azure, broker: azureIds.deployClientId } },
        azure: { ...manyAzure.readOnly.azure, proxy: true },
      },
      applying: { ...manyAzure.world, azure: { proxy: true } },
      signIn: {},
      plannerId: azureIds.deployClientId,
      broker: brokerClient,
    },
  ],
];

/** The same world, whose identity trusts the repository's pull requests and nothing else. */
function pullRequestOnly(options: WorldOptions): WorldOptions {
  const { name } = estate.repository;
  const subject = `repo:${name}:pull_request`;
  const issuer = estate.identityProvider.issuer;
  const provider = issuer.replace('https://', '');
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${provider}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com', [`${provider}:sub`]: subject } },
      },
    ],
  };
  const federatedCredentials = [{ issuer, subject, audience: 'api://AzureADTokenExchange' }];
  return {
    ...options,
    aws: { ...options.aws, trust },
    ...(options.azure === undefined ? {} : { azure: { ...options.azure, federatedCredentials } }),
  };
}

/** Node before 24.5 does not support proxies. */
const those = supportsProxies(process.versions.node) ? pairs : pairs.slice(0, 1);

describe.each(those)('plan-for on %s', (_, { cloud, planning, applying, signIn, plannerId, broker }) => {
  const inputs = manyByIds(cloud);
  const planned = { ...inputs, ...signIn, 'dry-run': 'true' };

  it('allows a role with read access only to plan for the broker: by file and by digest (P10)', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'plan.json');
      const { digest, unbound } = await inWorld(planning, async (world) => {
        const plan = await cloud.step(world, { ...planned, 'plan-file': file, 'plan-for': broker });
        expect(errors(plan)).toBe('');
        const own = await cloud.step(world, planned);
        expect(own.log).toContain(plannerId.split('/').at(-1));
        return { digest: plan.outputs['plan-digest'] ?? '', unbound: own.outputs['plan-digest'] ?? '' };
      });
      expect(unbound).not.toBe(digest);
      await inWorld(applying, async (world) => {
        const strange = await cloud.step(world, { ...inputs, 'expected-plan': unbound });
        expectRefused(cloud, strange);
        expect(held(cloud, world)).toBe(0);
        const done = await cloud.step(world, { ...inputs, 'expected-plan': digest });
        expect(errors(done)).toBe('');
        expect(held(cloud, world)).toBe(8);
        const again = await cloud.step(world, { ...inputs, 'expected-plan': file });
        expect(again).toMatchObject({ exitCode: 0, outputs: { changed: 'false' } });
      });
    });
  });

  it('is used by a pull request: with a role of its own, which no other event can assume (P10)', async () => {
    const trust = pullRequestOnly(planning);
    const result = await inWorld(trust, (world) =>
      cloud.step(world, { ...planned, 'plan-for': broker }, { event: 'pull_request', context: { environment: null } }),
    );
    expect(errors(result)).toBe('');
    expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
    expect(result.summary).toContain('8 would be granted');
    const pushed = await inWorld(trust, (world) => cloud.step(world, planned, { context: { environment: null } }));
    expect(pushed).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED' } });
  });

  it('is reported as missing where another identity planned: red, both callers named, with a hint (P10)', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'plan.json');
      await inWorld(planning, async (world) => {
        await cloud.step(world, { ...planned, 'plan-file': file });
      });
      await inWorld(applying, async (world) => {
        const result = await cloud.step(world, { ...inputs, 'expected-plan': file });
        expectRefused(cloud, result, `caller: ${plannerId} was reviewed, and now it is ${broker}`);
        expect(errors(result)).toContain('caller differs');
        expect(errors(result)).toContain('plan-for');
        expect(held(cloud, world)).toBe(0);
      });
    });
  });

  it('has no effect without dry-run, and must be an identity: faults before any request (P6)', async () => {
    await inWorld({ ...cloud.world, ...applying }, async (world) => {
      const without = await cloud.step(world, { ...inputs, 'plan-for': broker });
      expect(errors(without)).toContain('plan-for: This input has no effect without dry-run: true');
      const strange = await cloud.step(world, { ...inputs, 'dry-run': 'true', 'plan-for': 'the broker' });
      expect(errors(strange)).toMatch(/^plan-for: "the broker" is not /mu);
      expect(errors(strange)).toContain('Example: plan-for: ');
      expect([...without.requests, ...strange.requests]).toEqual([]);
      expect(held(cloud, world)).toBe(0);
    });
  });
});
