import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';
import { action } from '../docs/repository.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, scopes } from './azure-support.ts';
import { byIds, errors, faultLines, step } from './support.ts';

/** Input faults make no request, so that one world serves all these tests. */
let world: World;
beforeAll(async () => {
  world = await startWorld({ reusesProcesses: true, clouds: ['azure'] });
});
afterAll(async () => {
  await world.close();
});

/** Compares a step that ends with faults of its inputs with the rules for each of those. */
function expectRefused(result: StepResult): StepResult {
  expect(result.exitCode).toBe(1);
  expect(result.requests).toEqual([]);
  expect(Object.keys(result.outputs).sort()).toEqual(['failure-reason', 'message', 'status']);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.annotations).toHaveLength(1);
  expect(Object.keys(result.files).filter((path) => path.endsWith('.json'))).toEqual([]);
  expect(result.stderr).toBe('');
  return result;
}
const refused = async (inputs: Step['inputs'], more: Omit<Step, 'inputs'> = {}): Promise<StepResult> =>
  expectRefused(await azureStep(world, { ...azureByIds, ...inputs }, more));

/** The line about an input, split into the problem and the example. The annotation has the first twenty of them. */
function faultOf(result: StepResult, input: string): { readonly problem: string; readonly example: string } {
  const line = faultLines(result).find((text) => text.startsWith(`${input}: `));
  const [problem = '', example = ''] = (line ?? '').split(` Example: ${input}: `);
  return { problem, example };
}
const problemOf = async (inputs: Step['inputs'], input: string): Promise<string> =>
  faultOf(await refused(inputs), input).problem;

const everythingWrong = {
  cloud: 'azure',
  operation: 'asign',
  principal: '!group:Payments On-Call',
  'principal-type': 'GROUP',
  target: 'C:/Program Files/Git/subscriptions/11111111-2222-4333-8444-555555555501',
  role: '/roleDefinitions/Reader',
  lifetime: '31d',
  'keep-after-job': 'YES',
  'on-existing': 'leave',
  'lease-id': 'ca1.e30',
  reason: 'because\nof this',
  wait: 'yes',
  timeout: '5 minutes',
  'allow-event': 'Push',
  'allow-privileged': 'TRUE',
  'allowed-endpoints': 'https://login.example.com',
  'allowed-principals': 'Payments*',
  'allowed-targets': 'payments-*',
  'allowed-roles': '/roleDefinitions/*',
  'max-grants': '0',
  'max-lifetime': '90d',
  'require-ids': 'True',
  'dry-run': 'on',
  'expected-plan': 'sha256:123',
  'plan-file': 'a\nb',
  'plan-for': 'access-broker',
  'max-requests-per-second': '26',
  'max-in-flight': '1.5',
  'github-token': 'ghs_broken\nToken0123456789',
  'job-check-run-id': 'the last one',
  'azure-client-id': 'my-app',
  'azure-tenant-id': 'contoso.onmicrosoft.com',
  'azure-subscription-id': 'payments-prod',
  'azure-environment': 'AzurePublicCloud',
  'azure-audience': 'not an audience',
  'condition-version': '1.0',
  'delegated-managed-identity-resource-id': 'my-identity',
  'assignment-name': 'mine',
  'azure-pim': 'maybe',
};
/** Any text is a condition, a description or a ticket. */
const freeTexts = ['condition', 'description', 'ticket-number', 'ticket-system'];

describe('input faults of Azure (P6)', () => {
  it('are all reported at once, before any request: the input, the problem, a correct example', async () => {
    const result = expectRefused(await step(world, everythingWrong));
    for (const [input, value] of Object.entries(everythingWrong)) {
      if (input === 'cloud') continue;
      const { problem, example } = faultOf(result, input);
      expect([input, problem]).not.toContain('');
      expect([input, example]).not.toContain('');
      expect(result.outputs['failure-reason']).toContain(`${input}: `);
      expect(result.summary).toContain(`<li><strong>${input}: </strong>`);
      if (!value.includes('\n')) expect(problem).toContain(value);
    }
    expect(errors(result)).toContain('38 inputs are wrong. Nothing was requested.');
    // The annotation has the first twenty and says where the rest is.
    expect(errors(result)).toContain('18 more: see the log.');
    for (const input of Object.keys(everythingWrong)) if (input !== 'cloud') expect(result.log).toContain(`${input}: `);
  });

  it('cover every input of Azure that action.yml declares', () => {
    const files = ['access-file', 'prune', 'max-removals']; // file-inputs.test.ts is about these
    // approval-inputs.test.ts, people-inputs.test.ts and sweep-inputs.test.ts are about these.
    const proofs = ['require-approval', 'approvers', 'people-file', 'sweep-workflow', 'sweep-max-age'];
    const declared = Object.keys(action.inputs).filter(
      (name) => !name.startsWith('aws-') && ![...freeTexts, ...files, ...proofs].includes(name),
    );
    expect(Object.keys(everythingWrong).sort()).toEqual(declared.sort());
  });

  it('have correct examples: a step with all of them has no fault', async () => {
    const faults = expectRefused(await step(world, everythingWrong));
    const examples = Object.fromEntries(
      Object.keys(everythingWrong).map((input) => [input, faultOf(faults, input).example.replaceAll('"', '')]),
    );
    // The reviewed plan is a file that must exist, and names among the examples are not IDs.
    const { 'expected-plan': plan, 'require-ids': idsOnly, ...others } = examples;
    expect([plan, idsOnly]).toEqual(['plan.json', 'true']);
    // With a name of one's own it can be no lease.
    const leases = ['lifetime', 'keep-after-job', 'on-existing', 'lease-id', 'azure-pim'];
    const together = Object.fromEntries(Object.entries(others).filter(([input]) => !leases.includes(input)));
    await inAzure({ azure: { proxy: true } }, async (own) => {
      const result = await step(own, { ...together, cloud: 'azure', condition: 'x' }, { event: 'push' });
      expect(errors(result)).not.toContain('Nothing was requested');
      expect(result.requests).not.toEqual([]);
    });
  });

  it('are reported with other faults of the step: event, endpoint, certificate checks, permission', async () => {
    const env = { AZURE_AUTHORITY_HOST: 'https://login.evil.example', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const result = await refused({ target: '' }, { event: 'issue_comment', env, idToken: false });
    expect(errors(result)).toContain('5 inputs are wrong');
    for (const input of ['target', 'allow-event', 'allowed-endpoints', 'NODE_TLS_REJECT_UNAUTHORIZED', 'permissions'])
      expect([input, faultOf(result, input).problem]).not.toContain('');
  });
});

describe('inputs of another cloud', () => {
  it('are a fault each on Azure, with their cloud (P6)', async () => {
    const foreign = {
      'aws-region': 'us-east-1',
      'aws-role-to-assume': 'arn:aws:iam::111122223333:role/x',
      'aws-role-session-name': 'nightly',
      'aws-audience': 'sts.amazonaws.com',
      'aws-instance-arn': 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
      'aws-identity-store-id': 'd-90679a1b2c',
    };
    const result = await refused(foreign);
    for (const input of Object.keys(foreign))
      expect(faultOf(result, input).problem).toBe(
        `${input}: This is an input of cloud: aws, not of azure. Remove it, or correct cloud.`,
      );
    expect(errors(result)).toContain('6 inputs are wrong');
  });

  it('are a fault each on AWS, unless they have their default or are empty (P6)', async () => {
    const foreign = {
      'azure-client-id': azureIds.deployClientId,
      'azure-tenant-id': azureIds.tenant,
      'azure-subscription-id': azureIds.subscription,
      'azure-environment': 'AzureChinaCloud',
      'azure-audience': 'api://x',
      condition: 'x',
      'condition-version': '2.0',
      description: 'why',
      'delegated-managed-identity-resource-id': scopes.resource,
      'assignment-name': azureIds.onCall,
    };
    const result = expectRefused(await step(world, { ...byIds, ...foreign }));
    for (const input of Object.keys(foreign))
      expect(faultOf(result, input).problem).toBe(
        `${input}: This is an input of cloud: azure, not of aws. Remove it, or correct cloud.`,
      );
    const defaults = { 'azure-client-id': 'none', 'azure-environment': 'AzureCloud', 'azure-tenant-id': '' };
    const target = expectRefused(await step(world, { ...byIds, ...defaults, target: '1' }));
    expect(errors(target)).toContain('One input is wrong');
  });

  it('nor does Azure have provision', async () => {
    const result = await refused({ operation: 'provision', principal: '' });
    expect(faultOf(result, 'operation').problem).toMatch(
      /"provision" is not an operation of cloud: azure\..*assign, revoke/u,
    );
    expect(errors(result)).toContain('One input is wrong');
  });

  it.each(['condition', 'condition-version', 'description', 'assignment-name', 'allow-privileged'])(
    'nor does revoke have %s',
    async (input) => {
      const values = {
        condition: 'x',
        'condition-version': '2.0',
        description: 'why',
        'assignment-name': azureIds.onCall,
      };
      const value = (values as Record<string, string>)[input] ?? 'true';
      const problem = await problemOf({ operation: 'revoke', [input]: value }, input);
      expect(problem).toMatch(/is not used by operation: revoke.* Remove it\.$/u);
    },
  );
});

describe('examples', () => {
  it('name another input by its own name, in the log and in the summary', async () => {
    const result = await refused({ 'ticket-number': 'CHG-4711', description: 'x [cloud-access lease v1 0:]' });
    expect(errors(result)).toMatch(
      /^- ticket-number: This input has no effect without azure-pim\. .* Example: azure-pim: true$/mu,
    );
    expect(result.summary).toContain('<code>azure-pim: true</code>');
    expect(result.summary).not.toContain('ticket-number: azure-pim');
  });

  it('have the exact kind of the faulty value', async () => {
    const result = await refused({ principal: 'app:access-broker' });
    expect(faultOf(result, 'principal').example).toMatch(/^app:[0-9a-f-]{36}$/u);
  });

  it('of a version of conditions are in quotes, and it is accepted without them too', async () => {
    const result = await refused({ condition: 'x', 'condition-version': '1' });
    expect(faultOf(result, 'condition-version').example).toBe('"2.0"');
    await inAzure({}, async (own) => {
      const condition = { condition: "@Resource[x] StringEquals 'a'", 'condition-version': '2', 'dry-run': 'true' };
      expect(await azureStep(own, { ...azureByIds, ...condition })).toMatchObject({ exitCode: 0 });
    });
  });
});

describe('inputs that need each other', () => {
  const rules: readonly (readonly [string, Step['inputs'], string, RegExp])[] = [
    [
      'a client id without a tenant',
      { 'azure-tenant-id': '' },
      'azure-tenant-id',
      /This input is required with azure-client-id/u,
    ],
    [
      'a resource group without a subscription',
      { target: 'resource-group:payments-prod', 'azure-subscription-id': '' },
      'azure-subscription-id',
      /This input is required: it is the subscription of a target resource-group:<name>/u,
    ],
    ['a condition’s version without one', { 'condition-version': '2.0' }, 'condition-version', /without condition/u],
    [
      'an audience without a client id',
      { 'azure-client-id': 'none', 'azure-audience': 'api://x' },
      'azure-audience',
      /without azure-client-id/u,
    ],
  ];
  it.each(rules)('%s is a fault', async (_, inputs, input, words) => {
    const result = await refused(inputs);
    expect(faultOf(result, input).problem).toMatch(words);
    expect(errors(result)).toContain('One input is wrong');
  });

  it('is reported once where one of them has a fault of its own', async () => {
    const result = await refused({ 'azure-client-id': 'my-app', 'azure-audience': 'api://x' });
    expect(errors(result)).toContain('One input is wrong');
    expect(faultOf(result, 'azure-client-id').problem).toMatch(/"my-app".* not a client ID/u);
  });
});

describe('empty values (P10)', () => {
  it.each(['azure-client-id', 'azure-environment', 'operation', 'wait', 'allow-privileged'])(
    'an empty expression is not a default: %s',
    async (input) => {
      for (const value of ['', ' \n '])
        expect(await problemOf({ [input]: value }, input)).toContain(
          'This input is empty: the expression returned nothing',
        );
    },
  );

  it.each([
    ['principal', ''],
    ['principal', 'group:'],
    ['principal', 'service-principal: '],
    ['principal', 'app:'],
    ['target', ''],
    ['target', 'subscription:'],
    ['target', 'resource-group: '],
    ['target', 'management-group:'],
    ['target', '/subscriptions/'],
    ['target', '/subscriptions//resourceGroups/x'],
    ['target', `${scopes.subscription}/resourceGroups/`],
    ['role', ' '],
  ])('principals, roles and targets without a value are faults: %s "%s"', async (input, value) => {
    expect(await problemOf({ [input]: value }, input)).toMatch(
      /is required|is empty|ends with a slash|names no|has an empty part\. An expression may be empty\./u,
    );
  });

  it('blanks around a line have no effect', () =>
    inAzure({}, async (own) => {
      const inputs = Object.fromEntries(
        Object.entries(azureByIds).map(([name, value]) => [name, `\r\n  ${value}\t \n\n`]),
      );
      expect(await azureStep(own, inputs)).toMatchObject({ exitCode: 0 });
      expect(own.azure.estate.has(onCallBlobReader)).toBe(true);
    }));
});

describe('lines', () => {
  it.each([
    ['principal', `${azureByIds.principal}\r\nuser:${azureIds.alice}`],
    ['target', `${azureByIds.target}\n${scopes.subscription}`],
    ['role', `${azureByIds.role}\r${azureIds.reader}`],
  ])('two of them in %s count both, with any end of line', async (input, value) => {
    await inAzure({}, async (own) => {
      const result = await azureStep(own, { ...azureByIds, [input]: value, 'dry-run': 'true' });
      expect(result.exitCode).toBe(0);
      expect(result.log).toContain('Plan for 2 grants: 2 create.');
    });
  });

  it.each([
    'azure-client-id',
    'azure-tenant-id',
    'azure-subscription-id',
    'assignment-name',
    'azure-environment',
    'azure-audience',
  ])('%s does not accept two', async (input) => {
    const value = `${world.azure.inputs[input] ?? azureIds.onCall}\n${azureIds.onCall}`;
    expect(await problemOf({ [input]: value }, input)).not.toBe('');
  });
});
