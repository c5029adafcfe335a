import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import { exchanges, sts, stsError } from './exchanges.ts';
import { byIds, byNames, errors, ids, inWorld, ownPullRequest, step } from './support.ts';

/** A reader who follows a text to the letter gives access to no one else (P9). */

/** A claim in the list from the refused token. */
const listed = ({ log }: StepResult, name: string): string | undefined =>
  new RegExp(`^ +${name}: (?<value>.+)$`, 'mu').exec(log)?.groups?.['value'];

/** The text mentions neither the role's trust policy nor the role. */
const ofTrust = /trust policy (?:names|as it is)|the policy compares|role exists|:sub\b/u;

describe('a job that runs in no environment (P9)', () => {
  it.each<[string, Omit<Step, 'inputs'>]>([
    ['repo:octo-org/infra:ref:refs/heads/main', {}],
    ['repo:octo-org/infra:ref:refs/heads/x', { context: { ref: 'refs/heads/x' } }],
    ['repo:octo-org/infra:ref:refs/tags/v1', { context: { ref: 'refs/tags/v1' } }],
    ['repo:octo-org@9919/infra@74901:ref:refs/heads/main', { context: { immutableSubject: true } }],
    ['repo:octo-org/infra:pull_request', { ...ownPullRequest }],
  ])('is reported as such first, with the line to add, and no subject to trust: %s', (subject, { context, ...more }) =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, { ...more, context: { ...context, environment: null } });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('What to do: The job runs in no environment. Add environment: <name of the');
      expect(result.log).toMatch(/^ +environment: <name of the environment that the role's trust policy names>$/mu);
      expect(listed(result, 'sub')).toBe(subject);
      expect(listed(result, 'aud')).toBe('sts.amazonaws.com');
      expect(listed(result, 'repository_id')).toBe('74901');
      expect(listed(result, 'job_workflow_ref')).toContain('/access.yml@');
      expect(result.log.replace(`sub: ${subject}`, '')).not.toContain(subject);
      expect(result.outputs['failure-reason']).not.toContain(subject);
      expect(errors(result)).not.toMatch(/:sub\b/u);
    }),
  );
});

describe('a job that runs in another environment', () => {
  it('is reported with it, to be compared, and not to trust one without rules', () =>
    inWorld({}, async (world) => {
      const result = await step(world, byIds, { context: { environment: 'playground' } });
      expect(errors(result)).toContain('The job runs in the environment playground.');
      expect(errors(result)).toContain('correct environment: in the job');
      expect(errors(result)).toMatch(/only if it has required reviewers/u);
    }));

  it('of another repository or workflow file sees both claims, and that a trust policy can test them', () => {
    const issuer = 'token.actions.githubusercontent.com';
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              [`${issuer}:sub`]: 'repo:octo-org/infra:environment:production-access',
              [`${issuer}:job_workflow_ref`]: 'octo-org/infra/.github/workflows/other.yml@refs/heads/main',
            },
          },
        },
      ],
    };
    return inWorld({ aws: { trust } }, async (world) => {
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('It can also test :repository_id and :job_workflow_ref.');
      expect(listed(result, 'job_workflow_ref')).toBe('octo-org/infra/.github/workflows/access.yml@refs/heads/main');
      expect(listed(result, 'repository_id')).toBe('74901');
    });
  });
});

describe('refusals without a fault of the role', () => {
  it.each([
    [
      400,
      'InvalidIdentityToken',
      'No OpenIDConnect provider found in your account for https://x',
      /no identity provider/u,
    ],
    [
      400,
      'InvalidIdentityToken',
      "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
      /thumbprint of a certificate that the issuer no longer uses/u,
    ],
    [
      403,
      'RegionDisabledException',
      'STS is not activated in this region for account:111122223333.',
      /STS is deactivated/u,
    ],
    [
      400,
      'PackedPolicyTooLarge',
      'Packed size of session tags consumes 110% of the allotted space.',
      /sends no policy/u,
    ],
    [400, 'ValidationError', '1 validation error detected', /aws-role-session-name/u],
    [400, 'MalformedPolicyDocument', 'Syntax errors in policy.', /no policy/u],
  ])('STS responds %i %s: %s (P9)', (status, code, message, hint) =>
    inWorld({}, async (world) => {
      world.script.fault({ ...sts, times: 99 }, stsError(code, message, status));
      const result = await step(world, byIds, { context: { environment: null } });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(message);
      expect(errors(result)).toMatch(hint);
      expect(errors(result)).not.toMatch(ofTrust);
    }),
  );

  it('a provider for another audience', () => {
    const { identityProvider, ...estate } = loadEstate();
    const provider = { ...identityProvider, audiences: ['sigstore'] };
    return inWorld({ estate: { ...estate, identityProvider: provider } }, async (world) => {
      const result = await step(world, byIds);
      expect(errors(result)).toContain('Incorrect token audience');
      expect(errors(result)).toMatch(/identity provider in the account of the role does not list the audience/u);
      expect(errors(result)).not.toMatch(ofTrust);
    });
  });

  it('a page from a server between the runner and AWS', () =>
    inWorld({}, async (world) => {
      const page = { kind: 'http', status: 403, contentType: 'text/html', body: '<html>Blocked</html>' } as const;
      world.script.fault({ ...sts, times: 99 }, page);
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/not a response of AWS.*HTTPS_PROXY/su);
      expect(errors(result)).not.toMatch(ofTrust);
    }));
});

describe('a policy that denies', () => {
  const denied = (action: string, context: string): Effect =>
    stsError('AccessDeniedException', `User: x is not authorized to perform: ${action} on resource: y ${context}`);

  it("an organization's control policy at the sign-in is not a fault of the role either (P9)", () =>
    inWorld({}, async (world) => {
      const message =
        'x is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: y with an explicit deny';
      world.script.fault(
        { ...sts, times: 99 },
        stsError('AccessDenied', `${message} in a resource control policy`, 403),
      );
      const result = await step(world, byIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('What to do: A resource control policy refuses this request');
      expect(errors(result)).not.toMatch(ofTrust);
    }));

  it.each(['with an explicit deny in an identity-based policy', 'because no permissions boundary allows the action'])(
    'a grant %s has no advice to allow more (P9)',
    (context) =>
      inWorld({}, async (world) => {
        const operation = 'CreateAccountAssignment';
        world.script.fault({ operation, times: 99 }, denied(`sso:${operation}`, context));
        const result = await step(world, byIds);
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toContain('refuses this request, and no further Allow helps');
        expect(errors(result)).not.toMatch(/allow the role|owns the instance/iu);
      }),
  );

  it('a revoke reports that the access still exists', () =>
    inWorld({}, async (world) => {
      expect((await step(world, byIds)).exitCode).toBe(0);
      const operation = 'DeleteAccountAssignment';
      const context = 'with an explicit deny in a service control policy';
      world.script.fault({ operation, times: 99 }, denied(`sso:${operation}`, context));
      const result = await step(world, { ...byIds, operation: 'revoke' });
      expect(errors(result)).toContain('The access is still there. A service control policy refuses this request');
    }));

  it('IAM in a member account is a task for its owners', () =>
    inWorld({}, async (world) => {
      const FailureReason =
        'Received a 403 status error: x is not authorized to perform: iam:CreateSAMLProvider on resource: y';
      const AccountAssignmentCreationStatus = {
        Status: 'FAILED',
        RequestId: '11111111-2222-4333-8444-5',
        FailureReason,
      };
      world.script.fault(
        { operation: 'DescribeAccountAssignmentCreationStatus', times: 99 },
        {
          kind: 'http',
          status: 200,
          contentType: 'application/x-amz-json-1.1',
          body: JSON.stringify({ AccountAssignmentCreationStatus }),
        },
      );
      const result = await step(world, byIds);
      expect(errors(result)).toContain('Ask the owners of the account');
      expect(errors(result)).not.toContain('management account');
    }));
});

describe('another issuer (P9)', () => {
  it.each([
    ['token.actions.octo-corp.ghe.com', true],
    ['token.actions.githubusercontent.com/octo-enterprise', true],
    ['ghes.octo.example/_services/token', false],
  ])('begins the condition keys: %s', (prefix, knowsMore) => {
    const estate = loadEstate();
    const identityProvider = { ...estate.identityProvider, issuer: `https://${prefix}` };
    const roleArn = 'arn:aws:iam::111122223333:role/no-such-role';
    return inWorld({ estate: { ...estate, identityProvider } }, async (world) => {
      const result = await step(world, { ...byIds, 'aws-role-to-assume': roleArn });
      expect(exchanges(result).length).toBeGreaterThan(0);
      expect(errors(result)).toContain('AccessDenied');
      expect(errors(result)).toContain(` ${prefix}:sub (repo:octo-org/infra:environment:production-access)`);
      expect(errors(result)).toContain(` ${prefix}:aud (sts.amazonaws.com)`);
      expect(errors(result)).not.toContain('token.actions.githubusercontent.com:');
      expect(errors(result).includes(':job_workflow_ref')).toBe(knowsMore);
    });
  });
});

describe('a role in an account that neither owns the instance nor administers it', () => {
  const roleArn = `arn:aws:iam::${ids.dataLake}:role/access-broker`;

  it.each<[string, Step['inputs']]>([
    ['the owner known from the pinned store', { ...byIds, 'aws-role-to-assume': roleArn }],
    ['the owner known from ListInstances', { ...byNames, target: ids.prod, 'aws-role-to-assume': roleArn }],
  ])('is reported with both numbers: %s (P9)', (_, inputs) =>
    inWorld({ aws: { roleArn } }, async (world) => {
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('AccessDenied');
      expect(errors(result)).toContain(
        `The role is in account ${ids.dataLake}, and account ${ids.management} owns the instance`,
      );
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }),
  );

  it('is reported with its number where the first request is to Organizations', () =>
    inWorld({ aws: { roleArn } }, async (world) => {
      const result = await step(world, { ...byNames, 'aws-role-to-assume': roleArn });
      expect(errors(result)).toContain('organizations:ListAccounts answered AccessDeniedException');
      expect(errors(result)).toContain(`The role is in account ${ids.dataLake}`);
    }));

  it('is reported with the number where no instance is visible', () =>
    inWorld({ aws: { roleArn } }, async (world) => {
      const inputs = { ...byNames, 'aws-role-to-assume': roleArn, 'aws-region': 'eu-central-1' };
      expect(errors(await step(world, inputs))).toContain(`It is in ${ids.dataLake}.`);
    }));
});
