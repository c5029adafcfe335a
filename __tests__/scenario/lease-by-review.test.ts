import { describe, expect, it } from '@jest/globals';
import { estateFor } from '../../rehearsal/own/estate-for.ts';
import type { Started } from '../../rehearsal/github/repository/world.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { blocks } from '../docs/markdown.ts';
import { readText } from '../docs/repository.ts';
import { deployBicep } from '../setup/deployment.ts';
import { deploy, roleIn } from '../setup/stack.ts';
import { stepWithFiles } from './access-files.ts';
import { inAzureLeases } from './azure-lease-support.ts';
import { azureIds, azureStep, scopes } from './azure-support.ts';
import { hour, minute, start } from './lease-support.ts';
import { given, stepOf } from './setup-workflows.ts';
import { identityOf } from './setup-identity.ts';
import { errors, ids, inWorld, step } from './support.ts';

/** From nothing on Team: the workflow of setup/, in the world of setup/README.md, and the request of docs/approval.md. */

/** The file that docs/approval.md has people paste. */
function requestOf(path: string): string {
  const opening = new RegExp(`^cat > ${path.replace('.', '\\.')} << 'END'.*\n`, 'mu');
  const found = blocks(readText('docs/approval.md')).flatMap(({ text }) => text.split(opening).slice(1));
  const [text = '', ...others] = found.map((it) => it.slice(0, it.indexOf('END\n')));
  if (text === '' || others.length > 0) throw new Error(`docs/approval.md has not one request ${path}`);
  return text;
}

/** A private repository on Team: rules of the branch, and environments without reviewers. */
function populate({ github: { people, repository } }: World): void {
  for (const login of ['alice', 'bob']) {
    people.add(login);
    repository.role(login, 'write');
  }
  repository.rule('pull_request', { required_approving_review_count: 1, dismiss_stale_reviews_on_push: true });
  for (const name of ['production-access', 'lease-end'])
    repository.environment(name, { branches: 'custom', canAdminsBypass: undefined });
}

type Files = Readonly<Record<string, string>>;

interface Cloud {
  readonly workflow: string;
  readonly path: string;
  readonly message: RegExp;
  /** Runs a scene in what the template makes, as the identity that grants. */
  readonly inIt: (scene: (world: World) => Promise<void>) => Promise<void>;
  readonly run: (world: World, inputs: Step['inputs'], more: Omit<Step, 'inputs'>) => Promise<StepResult>;
  readonly has: (world: World) => boolean;
  /** True if the access is gone shortly after its two hours, without a hand of anyone. */
  readonly ends: (world: World) => Promise<boolean>;
  readonly changes: (world: World) => readonly unknown[];
  /** The request with another role, and with another person besides. */
  readonly otherRole: readonly [from: string, to: string];
  readonly second: readonly [from: string, to: string];
}

const values = given('aws cloudformation deploy', '--parameter-overrides');
const stack = deploy({
  ...values,
  GrantWorkflows: (values['GrantWorkflows'] ?? '').replace('incident-access', 'lease-by-review'),
});
const [tag = '', value = ''] = given('aws sso-admin tag-resource', '--tags')['Key']?.split(',Value=') ?? [];
const { repository = '', rolesToLease = '' } = given('az deployment sub create', '--parameters');
const deployment = deployBicep({ repository, rolesToLease: JSON.parse(rolesToLease) as unknown });
const onAzure = stepOf('Lease by review on Azure');
const sweep = onAzure.inputs['sweep-workflow'] ?? '';
const azureGrant = { scope: scopes.resourceGroup, role: azureIds.blobReader, principalId: azureIds.alice } as const;
const awsGrant = {
  accountId: ids.prod,
  permissionSetArn: ids.incidentAdmin,
  principalType: 'USER',
  principalId: ids.alice,
} as const;

const clouds: readonly Cloud[] = [
  {
    workflow: 'Lease by review',
    path: 'access/request-aws.yml',
    message: /^alice@example\.com has IncidentAdmin on 123456789012 until 22:00 UTC, INC-4711, approved by bob$/u,
    inIt: (scene) => {
      const aws = { ...roleIn(stack, 'Broker'), executionRole: roleIn(stack, 'Ender') };
      return inWorld({ startAt: start, aws }, async (world) => {
        world.aws.estate.setTags('IncidentAdmin', { [tag]: value });
        world.aws.schedules.addGroup(String(stack.resources['ScheduleGroup']?.Properties['Name']));
        await scene(world);
      });
    },
    run: step,
    has: ({ aws }) => aws.estate.has(awsGrant),
    ends: async (world) => {
      await world.advance(2 * hour + 2 * minute);
      return !world.aws.estate.has(awsGrant);
    },
    changes: ({ aws }) => [...aws.estate.effectiveChanges(), ...aws.schedules.all()],
    otherRole: ['role: IncidentAdmin', 'role: ReadOnlyAccess'],
    second: ['user:alice@example.com', '[user:alice@example.com, user:bob@example.com]'],
  },
  {
    workflow: 'Lease by review on Azure',
    path: 'access/request-azure.yml',
    message:
      /^\S+ has Storage Blob Data Reader on payments-prod until the first sweep after 22:00 UTC, INC-4711, approved by bob$/u,
    inIt: (scene) =>
      inAzureLeases({ azure: identityOf(deployment, 'broker'), estate: estateFor(null, onAzure.inputs) }, (world) => {
        world.github.repository.workflow(sweep);
        world.github.repository.run({ workflow: sweep, event: 'workflow_dispatch' });
        return scene(world);
      }),
    run: azureStep,
    has: ({ azure }) => azure.estate.has(azureGrant),
    // A world knows one identity: the sweep finds the same assignment in one of its own.
    ends: async ({ azure }) => {
      const { name = '', description } = azure.estate.find(azureGrant) ?? {};
      const hourly = stepOf('Sweep leases on Azure');
      const options = { azure: identityOf(deployment, 'sweeper'), estate: estateFor(null, hourly.inputs) };
      let isThere = true;
      await inAzureLeases(options, async (world) => {
        world.azure.estate.add({ ...azureGrant, name, description: description ?? '' });
        await world.advance(2 * hour + minute);
        expect(errors(await azureStep(world, hourly.inputs, hourly.in(2)))).toBe('');
        isThere = world.azure.estate.has(azureGrant);
      });
      return !isThere;
    },
    changes: ({ azure }) => azure.estate.effectiveChanges(),
    otherRole: ['role: Storage Blob Data Reader', 'role: Key Vault Secrets User'],
    second: [`user:${azureIds.alice}`, `[user:${azureIds.alice}, group:${azureIds.onCall}]`],
  },
];

describe.each(clouds)('$workflow', ({ workflow, path, message, inIt, run, has, ends, changes, ...other }) => {
  const shipped = stepOf(workflow);
  const request = requestOf(path);

  /** Alice asks for access in a pull request. */
  const asked = ({ github: { repository } }: World, files: Files = { [path]: request }, from = 'inc-4711'): number => {
    repository.push({ branch: from, by: 'alice', commits: [{ files }] });
    return repository.pull({ from, by: 'alice' });
  };
  const merged = (world: World, pull: number): Started =>
    world.github.repository.merge(pull, { by: 'alice', method: 'squash' }).run;
  const approved = (world: World, files?: Files, from?: string): Started => {
    const pull = asked(world, files, from);
    world.github.repository.review(pull, { by: 'bob' });
    return merged(world, pull);
  };
  /** The step of the workflow, in the run of a push, with a checkout of its commit and the job's permissions. */
  const ran = (world: World, started: Started): Promise<StepResult> => {
    world.github.allow(shipped.reads);
    const files = world.github.repository.files(started.sha);
    return stepWithFiles(world, files, shipped.inputs, shipped.in(started), run);
  };

  it('leases what a reviewer approved, for the reason in its note, and it ends by itself (P5, P12)', () =>
    inIt(async (world) => {
      populate(world);
      const result = await ran(world, approved(world));
      expect([errors(result), result.requests.filter(({ denied }) => denied !== undefined)]).toEqual(['', []]);
      expect(result.outputs).toMatchObject({ 'lease-state': 'leased', 'expires-at': '2026-11-21T22:00:00Z' });
      expect(result.outputs['message']).toMatch(message);
      expect(has(world)).toBe(true);
      expect(await ends(world)).toBe(true);
    }));

  it.each<readonly [string, (world: World) => Started, string]>([
    ['that no other person approved', (world) => merged(world, asked(world)), 'was merged without a review'],
    [
      'that was pushed past the review',
      ({ github }) => github.repository.push({ by: 'alice', commits: [{ files: { [path]: request } }] }).run,
      'came by "push", not by the merge of a pull request',
    ],
    [
      'that was approved, and then pushed by hand',
      (world) => {
        world.github.repository.review(asked(world), { by: 'bob' });
        return world.github.repository.push({ by: 'alice', to: world.github.repository.tip('inc-4711') }).run;
      },
      'came by "push", not by the merge of a pull request',
    ],
    [
      'that was left in place, when another pull request is merged',
      (world) => {
        approved(world);
        return approved(world, { 'readme.md': 'x' }, 'docs');
      },
      'not in pull request 2, which this push merged',
    ],
    [
      'that was left in place, and is pushed again',
      (world) => {
        approved(world);
        const { repository } = world.github;
        return repository.push({ by: 'alice', commits: [{ files: { [path]: `${request}\n` } }] }).run;
      },
      'came by "push", not by the merge of a pull request',
    ],
    ['whose run is run again', (world) => ({ ...approved(world), runAttempt: '2' }), 'This is attempt 2'],
    [
      'for another role, though approved',
      (world) => approved(world, { [path]: request.replace(...other.otherRole) }),
      'allowed-roles',
    ],
    [
      'for more than one, though approved',
      (world) => approved(world, { [path]: request.replace(...other.second) }),
      'max-grants',
    ],
  ])('is red without a change for a request %s (P12)', (_, arrange, why) =>
    inIt(async (world) => {
      populate(world);
      const result = await ran(world, arrange(world));
      expect(errors(result)).toContain(why);
      expect([result.exitCode, changes(world)]).toEqual([1, []]);
    }),
  );
});
