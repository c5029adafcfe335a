import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import { startWorld, type World } from '../../rehearsal/world.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { action } from '../docs/repository.ts';
import { byIds, calls, errors, faultLines, ids, inWorld, onCallAssignment, pushOne, signIn, step } from './support.ts';

/** Input faults make no request, so that one world serves all these tests. */
let world: World;
beforeAll(async () => {
  world = await startWorld({ reusesProcesses: true });
});
afterAll(async () => {
  await world.close();
});

/** Runs a step that ends with faults of its inputs, and checks the rules for each of those. */
async function refused(inputs: Step['inputs'], more: Omit<Step, 'inputs'> = {}): Promise<StepResult> {
  const result = await step(world, inputs, more);
  expect(result.exitCode).toBe(1);
  expect(result.requests).toEqual([]);
  expect(Object.keys(result.outputs).sort()).toEqual(['failure-reason', 'message', 'status']);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(Object.keys(result.files).filter((path) => path.endsWith('.json'))).toEqual([]);
  expect(result.stderr).toBe('');
  return result;
}

/** The line about an input, split into the problem and the example. The annotation has the first twenty of them. */
function faultOf(
  result: StepResult,
  input: string,
): { readonly problem: string; readonly example: string } | undefined {
  const line = faultLines(result).find((text) => text.startsWith(`${input}: `));
  if (line === undefined) return undefined;
  const [problem = '', example = ''] = line.split(` Example: ${input}: `);
  return { problem, example };
}

const everythingWrong = {
  cloud: 'aws',
  operation: 'asign',
  principal: '!group:Payments On-Call',
  'principal-type': 'group',
  target: '1.23456789012E+11',
  role: 'arn:aws:sso:::permissionset/ssoins-72231a2b3c4d5e6f/ps-3c4d5e6f708192a3',
  lifetime: '31d',
  'keep-after-job': 'YES',
  'on-existing': 'leave',
  'lease-id': 'ca2.eyJyIjoidXMtZWFzdC0xIn0',
  reason: 'because\nof this',
  wait: 'yes',
  timeout: '5 minutes',
  'allow-event': 'Push',
  'allow-privileged': 'TRUE',
  'allowed-endpoints': 'https://sso.example.com',
  'allowed-principals': 'Payments*',
  'allowed-targets': 'ou:Sandbox',
  'allowed-roles': 'two words',
  'max-grants': '0',
  'max-lifetime': '90d',
  'require-ids': 'True',
  'dry-run': 'on',
  'expected-plan': 'sha256:123',
  'plan-file': 'a\nb',
  'plan-for': 'access-broker',
  'max-requests-per-second': '21',
  'max-in-flight': '1.5',
  'github-token': 'ghs_broken\nToken0123456789',
  'job-check-run-id': 'the last one',
  'aws-region': 'N. Virginia',
  'aws-role-to-assume': 'access-broker',
  'aws-role-session-name': 'not a name',
  'aws-audience': 'not an audience',
  'aws-instance-arn': 'ssoins-72231a2b3c4d5e6f',
  'aws-identity-store-id': 'd-xyz',
  'aws-scheduler-role-arn': 'access-ender',
  'aws-scheduler-group': 'cloud/access',
  'aws-scheduler-dead-letter-queue-arn': 'access-ender-failures',
};

describe('input faults (P6)', () => {
  it('are all reported at once, before any request: the input, the problem, a correct example', async () => {
    const result = await refused(everythingWrong);
    for (const [input, value] of Object.entries(everythingWrong)) {
      if (input === 'cloud') continue;
      const fault = faultOf(result, input);
      expect([input, fault?.problem]).not.toContain(undefined);
      expect([input, fault?.example.length]).not.toContain(0);
      expect(result.outputs['failure-reason']).toContain(`${input}: `);
      expect(result.summary).toContain(`<li><strong>${input}: </strong>`);
      if (!value.includes('\n')) expect(fault?.problem).toContain(value);
    }
    expect(errors(result)).toContain('38 inputs are wrong. Nothing was requested.');
    // The annotation has the first twenty and says where the rest is.
    expect(errors(result)).toContain('18 more: see the log.');
    for (const input of Object.keys(everythingWrong)) if (input !== 'cloud') expect(result.log).toContain(`${input}: `);
  });

  it('cover every input that action.yml declares', () => {
    const azure = Object.keys(azureDeclaration.inputs); // azure-inputs.test.ts is about these
    const files = ['access-file', 'prune', 'max-removals']; // file-inputs.test.ts is about these
    // approval-inputs.test.ts, people-inputs.test.ts and sweep-inputs.test.ts are about these.
    const proofs = ['require-approval', 'approvers', 'people-file', 'sweep-workflow', 'sweep-max-age'];
    const others = Object.keys(action.inputs).filter((input) => ![...azure, ...files, ...proofs].includes(input));
    expect(Object.keys(everythingWrong).sort()).toEqual(others.sort());
  });

  it('have correct examples: a step with all of them has no fault', async () => {
    const faults = await refused(everythingWrong);
    const examples = Object.fromEntries(
      Object.keys(everythingWrong).map((input) => [
        input,
        (faultOf(faults, input)?.example ?? 'aws').replaceAll('"', ''),
      ]),
    );
    // The reviewed plan is a file that must exist, and names among the examples are not IDs. Leased access is waited
    // for, and the step that leased it is named.
    const { 'expected-plan': plan, 'require-ids': idsOnly, 'lease-id': lease, wait, ...together } = examples;
    expect([plan, idsOnly, wait]).toEqual(['plan.json', 'true', 'true']);
    expect(lease).toBe('${{ needs.access.outputs.lease-id }}');
    expect(errors(await step(world, together, { event: 'push' }))).not.toContain('Nothing was requested');
    const { lifetime, 'keep-after-job': keeps, 'on-existing': existing, ...permanent } = together;
    expect([lifetime, keeps, existing]).toEqual(['2h', 'true', 'fail']);
    const result = await step(world, permanent, { event: 'push' });
    expect(errors(result)).not.toContain('Nothing was requested');
    expect(result.requests).not.toEqual([]);
  });

  it('are reported with other faults of the step: event, endpoint, certificate checks', async () => {
    const result = await refused(
      { ...byIds, target: '' },
      {
        event: 'issue_comment',
        env: { AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.evil.example', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      },
    );
    expect(errors(result)).toContain('4 inputs are wrong');
    for (const input of ['target', 'allow-event', 'allowed-endpoints', 'NODE_TLS_REJECT_UNAUTHORIZED'])
      expect([input, faultOf(result, input)]).not.toContain(undefined);
  });

  it('are reported with a missing permission to sign in, also when an input of the sign-in is faulty', async () => {
    const env = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
    const result = await refused({ ...byIds, 'aws-region': '', target: '' }, { idToken: false, env });
    for (const input of ['permissions', 'target', 'aws-region'])
      expect([input, faultOf(result, input)]).not.toContain(undefined);
  });

  it('of the cloud itself list the clouds', async () => {
    for (const cloud of ['', 'AWS', 'gcp', 'constructor', '__proto__'])
      expect(faultOf(await refused({ ...byIds, cloud }), 'cloud')?.example).toBe('aws');
  });
});

describe('an unknown input (P10)', () => {
  it.each([
    ['life-time', '2h', 'lifetime: 2h'],
    ['keep-after-jobs', 'true', 'keep-after-job: false'],
    ['max-grant', '1', 'max-grants: 50'],
    ['max-lifetimes', '', 'max-lifetime: 8h'],
  ])('is refused before any request: with %s access would be permanent, or not guarded', async (input, value, line) => {
    const result = await refused({ ...byIds, [input]: value });
    const meant = line.split(':')[0] ?? '';
    expect(errors(result)).toContain(
      `${input}: This is not an input of this action. Did you mean ${meant}? Example: ${line}`,
    );
    expect(result.summary).toContain(`<code>${line}</code>`);
  });

  it('is reported with the missing inputs, and with all other faults', async () => {
    const result = await refused({
      ...byIds,
      principal: '',
      principle: 'group:Payments On-Call',
      wait: 'yes',
      until: '1h',
    });
    expect(errors(result)).toContain('4 inputs are wrong');
    expect(faultOf(result, 'principal')?.problem).toContain('is required');
    expect(errors(result)).toMatch(
      /Did you mean principal\? .*INPUT_PRINCIPLE.* Example: principal: group:Payments On-Call/u,
    );
    expect(errors(result)).toMatch(
      /^- until: This is not an input of this action\. .*docs\/reference\.md.*INPUT_UNTIL/mu,
    );
  });

  it('from a variable of the job is reported with the line that empties it, and with that line it is not a fault', async () => {
    await inWorld({}, async (own) => {
      const refusedStep = await step(own, byIds, { env: { INPUT_ISSUE_NUMBER: '4711' } });
      const [, name = '', value] = /env: \{ (?<name>\w+): '(?<value>[^']*)' \}/u.exec(errors(refusedStep)) ?? [];
      expect([name, value]).toEqual(['INPUT_ISSUE_NUMBER', '']);
      expect(refusedStep.requests).toEqual([]);
      expect(await step(own, byIds, { env: { [name]: '' } })).toMatchObject({ exitCode: 0 });
    });
  });

  it("that is similar to one of this action's is a fault though it is empty, and the variable is named", async () => {
    await inWorld({}, async (own) => {
      const result = await step(own, byIds, { env: { INPUT_MAX_GRANT: '' } });
      expect(result).toMatchObject({ exitCode: 1, requests: [] });
      expect(errors(result)).toMatch(
        /Did you mean max-grants\? .*INPUT_MAX_GRANT.* env -u INPUT_MAX_GRANT\. .*Emptying it does not help/u,
      );
    });
  });

  it('is reported without its value', async () => {
    const result = await refused({ ...byIds, 'github-tokens': 'ghs_0123456789abcdef', pass: 'hunter2' });
    expect(JSON.stringify([result.log, result.outputs, result.summary, result.annotations])).not.toMatch(
      /ghs_0123456789abcdef|hunter2/u,
    );
  });

  it('can be a variable of another tool, which an empty one at the step removes', async () => {
    await inWorld({}, async (own) => {
      const set = await step(own, byIds, { env: { INPUT_RELEASE_NOTES: 'all new' } });
      expect(errors(set)).toContain('sets the variable INPUT_RELEASE_NOTES');
      expect(set.requests).toEqual([]);
      expect(await step(own, byIds, { env: { INPUT_RELEASE_NOTES: '' } })).toMatchObject({ exitCode: 0 });
    });
  });
});

describe('several values', () => {
  it('with quotes in a block, or commas, are reported at once, each with a block that can be copied', async () => {
    const result = await refused({
      ...byIds,
      principal: 'user:ann,user:bob',
      target: '"123456789012"\n"210987654321"',
    });
    expect(errors(result)).toContain('2 inputs are wrong');
    expect(errors(result)).toContain('Write one per line. Example: principal: |\n    user:ann\n    user:bob');
    expect(errors(result)).toContain('Remove them. Example: target: |\n    123456789012\n    210987654321');
    expect(result.summary).toContain('<pre>target: &#124;\n  123456789012\n  210987654321</pre>');
  });
});

describe('a grant without a lifetime', () => {
  it('is reported as one that nothing ends, in log and summary', async () => {
    await inWorld({}, async (own) => {
      const result = await step(own, byIds);
      expect(result.log).toMatch(/SUCCEEDED: .* Changed\. The access is permanent\./u);
      expect(result.summary).toContain('The access is permanent.');
      const again = await step(own, byIds);
      expect(again.log + again.summary).not.toContain('The access is permanent');
    });
    await inWorld({}, async (own) => {
      const result = await step(own, { ...byIds, target: `${ids.prod}\n${ids.staging}` });
      expect(result.summary).toContain('<strong>The access is permanent.</strong>');
      const revoked = await step(own, { ...byIds, operation: 'revoke' });
      expect(revoked.log + revoked.summary).not.toContain('The access is permanent');
    });
  });
});

describe('account IDs that YAML mangled', () => {
  it.each([
    ['12345678901', /has 11 digits.*drops leading zeros.*in quotes\.$/u],
    ['1234567890', /has 10 digits.*drops leading zeros.*in quotes\.$/u],
    ['123456789', /has 9 digits.*in quotes\.$/u],
    ['1.23456789012E+11', /scientific notation.*quotes/u],
    ['12345', /has 5 digits, and an account ID has 12/u],
    ['1234567890123', /has 13 digits, and an account ID has 12/u],
    ['payments-prod', /is not a target\. Use a 12-digit account ID, account:<name>/u],
  ])('%s', async (target, text) => {
    expect(faultOf(await refused({ ...byIds, target }), 'target')?.problem).toMatch(text);
  });
});

describe('lines', () => {
  it.each([
    ['principal', `group:${ids.onCall}\r\ngroup:${ids.auditors}`],
    ['target', `${ids.prod}\n${ids.staging}`],
    ['role', `${ids.incidentAdmin}\r${ids.readOnly}`],
  ])('two of them in %s count both, with any end of line', async (input, value) => {
    await inWorld({}, async (own) => {
      const result = await step(own, { ...byIds, [input]: value, 'dry-run': 'true' });
      expect(result.exitCode).toBe(0);
      expect(result.log).toContain('Plan for 2 grants: 2 create.');
    });
  });

  it('blank lines and white space around a line have no effect', async () => {
    await inWorld({}, async (own) => {
      const inputs = {
        ...byIds,
        principal: `\n  group:${ids.onCall}  \n\n`,
        target: ` ${ids.prod}\t\r\n`,
        role: `\n${ids.incidentAdmin}`,
      };
      expect(await step(own, inputs)).toMatchObject({ exitCode: 0 });
      expect(own.aws.estate.has(onCallAssignment)).toBe(true);
    });
  });
});

describe('inputs of another operation', () => {
  it.each([
    ['principal', { ...pushOne, principal: 'group:Auditors' }],
    ['principal-type', { ...pushOne, 'principal-type': 'GROUP' }],
    ['allow-privileged', { ...byIds, operation: 'revoke', 'allow-privileged': 'true' }],
    ['allow-privileged', { ...pushOne, 'allow-privileged': 'true' }],
    ['target', { ...byIds, target: 'all' }],
    ['aws-role-session-name', { ...byIds, 'aws-role-to-assume': 'none', 'aws-role-session-name': 'nightly' }],
    ['aws-audience', { ...byIds, 'aws-role-to-assume': 'none', 'aws-audience': 'sts.amazonaws.com' }],
  ])('%s is a fault where it has no effect (P6)', async (input, inputs) => {
    const { problem = '' } = faultOf(await refused(inputs), input) ?? {};
    expect(problem).toMatch(/is not used by|has no effect without|is allowed only with operation: provision/u);
  });

  it('is not a fault with its default, as the runner sets it', async () => {
    await inWorld({}, async (own) => {
      const result = await step(own, { ...pushOne, 'allow-privileged': 'false', principal: '', 'principal-type': ' ' });
      expect(result).toMatchObject({ exitCode: 0 });
    });
  });
});

describe('empty values (P10)', () => {
  it.each(['operation', 'wait', 'allow-privileged', 'aws-role-to-assume'])(
    'an empty expression is not a default: %s',
    async (input) => {
      for (const value of ['', ' \n ']) {
        const { problem = '' } = faultOf(await refused({ ...byIds, [input]: value }), input) ?? {};
        expect(problem).toContain('This input is empty: the expression returned nothing');
      }
    },
  );

  it.each([
    ['principal', ''],
    ['principal', 'group:'],
    ['principal', 'user: '],
    ['target', ''],
    ['target', 'account:'],
    ['role', ' '],
    ['cloud', ''],
  ])('principals, roles and targets without a value are faults: %s "%s"', async (input, value) => {
    const { problem = '' } = faultOf(await refused({ ...byIds, [input]: value }), input) ?? {};
    expect(problem).toMatch(/is required|is empty|names no (?:user|group|account): nothing follows/u);
  });

  it('a principal that is neither a user nor a group is a fault (P6)', async () => {
    const { problem = '' } = faultOf(await refused({ ...byIds, principal: ids.onCall }), 'principal') ?? {};
    expect(problem).toContain('whether it is a user or a group');
  });
});

describe('leases', () => {
  const scheduler = { 'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/access-ender' };

  it.each<[string, Step['inputs'], string, RegExp]>([
    [
      'kept without an end of its own',
      { ...byIds, lifetime: '2h', 'keep-after-job': 'true' },
      'keep-after-job',
      /nothing ends the access after the job/u,
    ],
    [
      'kept and permanent',
      { ...byIds, 'keep-after-job': 'true', ...scheduler },
      'keep-after-job',
      /this access is permanent/u,
    ],
    ['strict about nothing', { ...byIds, 'on-existing': 'fail' }, 'on-existing', /this access is permanent/u],
    ['too short', { ...byIds, lifetime: '4m' }, 'lifetime', /between 5m and 30d/u],
    ['not waited for', { ...byIds, lifetime: '2h', wait: 'false' }, 'wait', /not possible with a lifetime/u],
    ['extended for ever', { ...signIn, operation: 'extend' }, 'lifetime', /how long the lease lasts/u],
    [
      'extended beyond what is allowed',
      { ...signIn, operation: 'extend', lifetime: '8h', 'max-lifetime': '1h' },
      'lifetime',
      /is 8 h, and max-lifetime allows 1 h/u,
    ],
    ['released without a name', { ...signIn, operation: 'release' }, 'lease-id', /is required/u],
    [
      'released by another name',
      { ...signIn, operation: 'release', 'lease-id': 'lease' },
      'lease-id',
      /is not a lease ID of AWS/u,
    ],
    ['never swept', { ...signIn, operation: 'sweep' }, 'aws-scheduler-role-arn', /This input is required/u],
    [
      'in a group that no sweep reads',
      { ...byIds, 'aws-scheduler-group': 'mine' },
      'aws-scheduler-group',
      /has no effect without aws-scheduler-role-arn/u,
    ],
  ])('that are %s are faults', async (_what, inputs, input, text) => {
    expect(faultOf(await refused(inputs), input)?.problem).toMatch(text);
  });

  it('never check inputs that do not concern them', async () => {
    const result = await refused({ ...byIds, operation: 'release', ...scheduler, reason: 'over' });
    for (const input of ['principal', 'target', 'role', 'aws-scheduler-role-arn']) {
      expect(faultOf(result, input)?.problem).toMatch(/is not used by operation: release.* Remove it\.$/u);
    }
    expect(faultOf(result, 'lease-id')?.problem).toContain('is required');
    expect(faultOf(result, 'reason')).toBeUndefined();
  });

  it('on Azure need a place for their search: a target, or a subscription', async () => {
    for (const operation of ['list', 'sweep']) {
      const azure = { cloud: 'azure', operation };
      expect(faultOf(await refused(azure), 'target')?.problem).toContain(
        'one of them has to say where to search for leases',
      );
      expect(faultOf(await refused({ ...azure, target: '/' }), 'target')?.problem).toContain(
        'does not list role assignments',
      );
    }
  });

  it('on Azure keep their records in the description: its other text has limits, and no name can be chosen', async () => {
    const azure = {
      cloud: 'azure',
      principal: `group:${ids.onCall}`,
      target: '/providers/Microsoft.Marketplace',
      role: 'Reader',
    };
    const lease = { ...azure, lifetime: '2h' };
    const long = await refused({ ...lease, description: 'a'.repeat(257) });
    expect(faultOf(long, 'description')?.problem).toContain('has 257 characters');
    for (const inputs of [azure, lease]) {
      const forged = await refused({ ...inputs, description: 'x [cloud-access lease v1 0:]' });
      expect(faultOf(forged, 'description')?.problem).toContain('which marks lease records');
    }
    const named = await refused({ ...lease, 'assignment-name': '0a1b2c3d-1111-4222-8333-444455556666' });
    expect(faultOf(named, 'assignment-name')?.problem).toContain('is not possible with a lifetime');
    expect(
      faultOf(await refused({ ...azure, operation: 'release', 'lease-id': 'ca1.e30' }), 'lease-id')?.problem,
    ).toContain('which begins with "cz1."');
  });
});

describe("the token for GitHub's API", () => {
  it('is masked, and appears nowhere, with any other faults', async () => {
    const secret = 'ghs_thisIsTheTokenOfTheJob0123456789';
    const result = await refused({ ...byIds, target: secret, reason: `${secret}\nx`, 'github-token': secret });
    expect(result.masks).toContain(secret);
    expect(JSON.stringify([result.outputs, result.summary, result.annotations])).not.toContain(secret);
  });

  it('can be missing, with the ID of the job, as on an older runner', async () => {
    await inWorld({}, async (own) => {
      const result = await step(own, { ...byIds, 'github-token': '', 'job-check-run-id': '' });
      expect(result).toMatchObject({ exitCode: 0 });
    });
  });
});

describe('wait and timeout', () => {
  it.each(['5', '5 m', '5M', '0s', '-1m', '1.5h', 'PT', 'P1M', 'T5M', '7h', 'P1D', '∞'])(
    '"%s" is not a timeout',
    async (timeout) => {
      expect(faultOf(await refused({ ...byIds, timeout }), 'timeout')?.problem).toContain(timeout);
    },
  );

  it.each(['True', 'yes', '1', 'no'])('"%s" is not true or false', async (wait) => {
    expect(faultOf(await refused({ ...byIds, wait }), 'wait')?.problem).toContain('neither true nor false');
  });

  it.each([
    ['45s', 45],
    ['1m30s', 90],
    ['PT1M30S', 90],
    ['2m', 120],
    ['', 300],
  ])('a step with timeout "%s" ends after %i s (P2)', async (timeout, seconds) => {
    await inWorld({ aws: { operations: { durationMs: 3_600_000 } } }, async (own) => {
      const result = await step(own, { ...byIds, timeout });
      expect(result.outputs['status']).toBe('IN_PROGRESS');
      expect(result.virtualMs).toBeGreaterThan((seconds - 6) * 1_000);
      expect(result.virtualMs).toBeLessThan((seconds + 3) * 1_000);
    });
  });

  it('a provision ends after 15 minutes without a timeout (P2)', async () => {
    await inWorld({ aws: { operations: { durationMs: 3_600_000 } } }, async (own) => {
      const result = await step(own, pushOne);
      expect(result.outputs['status']).toBe('IN_PROGRESS');
      expect(Math.round(result.virtualMs / 60_000)).toBe(15);
    });
  });

  it('wait: false requests no status', async () => {
    await inWorld({}, async (own) => {
      const result = await step(own, { ...signIn, ...byIds, wait: 'false' });
      expect(result.exitCode).toBe(0);
      expect(calls(result)['DescribeAccountAssignmentCreationStatus']).toBeUndefined();
    });
  });
});
