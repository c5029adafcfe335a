import { describe, expect, test } from '@jest/globals';

import { classify } from '../../../src/aws/failures.ts';
import { CloudError, type Refusal } from '../../../src/access/errors.ts';
import { refusedSignIn } from '../../../src/aws/sign-in/refused-sign-in.ts';
import { awsError } from '../fake-session.ts';

const roleArn = 'arn:aws:iam::111122223333:role/broker';
const denied = awsError('denied', {
  code: 'AccessDenied',
  message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
});
const claims = {
  sub: 'repo:o/r:environment:prod',
  aud: 'sts.amazonaws.com',
  iss: 'https://token.actions.githubusercontent.com',
  environment: 'prod',
  repository_id: '42',
  job_workflow_ref: 'o/r/.github/workflows/access.yml@refs/heads/main',
  jti: 'not-interesting',
};
type Claims = Readonly<Partial<Record<keyof typeof claims, string>>>;
const refuse = (changed: Claims = {}, error = denied): Refusal =>
  refusedSignIn(error, { roleArn }, { jwt: 'the.secret.token', claims: { ...claims, ...changed } });

describe('refusedSignIn', () => {
  test('reports role, code, message, request ID, and the claims of the token', () => {
    const refusal = refuse();
    expect(refusal.message).toBe(
      `AWS does not allow this job to assume ${roleArn}: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (request ID aws-req-1)`,
    );
    expect(refusal.hint).toContain('The job runs in the environment prod.');
    expect(refusal.hint).toContain('token.actions.githubusercontent.com:sub (repo:o/r:environment:prod)');
    expect(refusal.hint).toContain('token.actions.githubusercontent.com:aud (sts.amazonaws.com)');
    expect(refusal.hint).toContain('It can also test :repository_id and :job_workflow_ref.');
    expect(refusal.hint).toContain('role exists');
    for (const claim of ['sub', 'aud', 'iss', 'environment', 'repository_id', 'job_workflow_ref'] as const)
      expect(refusal.details).toContain(`  ${claim}: ${claims[claim]}`);
    expect(refusal.details.join('\n')).not.toContain('jti');
  });

  test('never the token', () => {
    const { message, hint, details } = refuse();
    expect([message, hint, ...details].join('\n')).not.toContain('secret');
  });

  test.each(['repo:o/r:ref:refs/heads/main', 'repo:o@1/r@2:ref:refs/tags/v1', 'repo:o/r:pull_request'])(
    'of a job without an environment (%s) suggests the environment first, with the line to add, and no subject to trust',
    (sub) => {
      const { message, hint, details } = refuse({ sub, environment: '' });
      expect(hint).toMatch(/^The job runs in no environment\. Add environment: <name of the environment/u);
      expect(message + hint).not.toContain(sub);
      expect(message + hint).not.toMatch(/:sub\b|:ref:|pull_request\b/u);
      expect(details.slice(0, 2)).toEqual([
        'The job lacks this line:',
        "  environment: <name of the environment that the role's trust policy names>",
      ]);
      expect(details).toContain(`  sub: ${sub}`);
    },
  );

  test.each(['repo:o/r', 'repository_owner_id:1', 'repo:o/r:environment:production'])(
    'a subject that does not name the environment (%s) is not suggested',
    (sub) => {
      const { hint } = refuse({ sub });
      expect(hint).not.toContain(`(${sub})`);
      expect(hint).toContain(
        'does not name the environment. Test token.actions.githubusercontent.com:environment in the policy too',
      );
    },
  );

  test('a colon in the name of an environment is encoded in the subject', () => {
    expect(refuse({ sub: 'repo:o/r:environment:a%3Ab', environment: 'a:b' }).hint).toContain('environment:a%3Ab)');
  });

  test('of an immutable subject it shows the other form, too', () => {
    const { hint } = refuse({ sub: 'repo:o@1/r@2:environment:prod' });
    expect(hint).toContain('repo:o@1/r@2:environment:prod');
    expect(hint).toContain('(repo:o/r:environment:prod)');
    expect(refuse().hint).not.toContain('immutable');
  });

  test.each([
    ['token.actions.octo-corp.ghe.com', true],
    ['token.actions.githubusercontent.com/octo-enterprise', true],
    ['github.com/enterprises/octo', true],
    ['ghes.octo.example/_services/token', false],
  ])('condition keys begin with the issuer of the token: %s', (prefix, knowsMore) => {
    const { hint } = refuse({ iss: `https://${prefix}` });
    expect(hint).toContain(` ${prefix}:sub (`);
    expect(hint).toContain(` ${prefix}:aud (`);
    expect(hint.includes(':repository_id')).toBe(knowsMore);
    expect(hint).not.toContain('token.actions.githubusercontent.com:');
  });

  test.each([
    ['InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x'],
    ['InvalidIdentityToken', 'Incorrect token audience'],
    ['InvalidIdentityToken', "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"],
    ['ExpiredTokenException', 'Token expired'],
    ['RegionDisabledException', 'STS is not activated in this region for account:111122223333.'],
  ])('%s: %s is not caused by the role', (name, message) => {
    const answer = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
    const error = new CloudError(classify(answer, 'sts:AssumeRoleWithWebIdentity'));
    for (const environment of ['prod', '']) {
      const { hint } = refuse({ environment }, error);
      expect(hint).toBe(
        `${error.failure.hint ?? ''} The token's issuer is ${claims.iss}, and its audience is sts.amazonaws.com.`,
      );
      expect(hint).not.toMatch(/trust policy|role exists|:sub/u);
    }
  });

  const byPolicy = (context: string): CloudError => {
    const message = `User: x is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: ${roleArn} ${context}`;
    const answer = Object.assign(new Error(message), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    return new CloudError(classify(answer, 'sts:AssumeRoleWithWebIdentity'));
  };

  test.each([
    ['with an explicit deny in a resource control policy', 'A resource control policy'],
    ['with an explicit deny in a service control policy', 'A service control policy'],
    ['because no VPC endpoint policy allows the action', 'A VPC endpoint policy'],
    ['with an explicit deny', 'A policy'],
  ])('%s: the trust policy and the role are not the cause', (context, kind) => {
    for (const environment of ['prod', '']) {
      const { hint } = refuse({ environment }, byPolicy(context));
      expect(hint).toContain(`${kind} refuses this request, and no further Allow helps.`);
      expect(hint).not.toMatch(/trust policy|role exists|:sub|environment/u);
    }
  });

  test.each(['a resource-based policy', 'the role trust policy'])(
    'a deny in %s comes from the trust policy',
    (policy) => {
      const error = byPolicy(`with an explicit deny in ${policy}`);
      expect(refuse({}, error).hint).toMatch(
        /^A Deny in the role's trust policy refuses this token.*Leave the Deny in place/u,
      );
      expect(refuse({}, error).hint).not.toMatch(/role exists|:sub|names another/u);
      expect(refuse({ environment: '' }, error).hint).toMatch(/^The job runs in no environment.*A Deny in the role's/u);
    },
  );

  test.each(['no role trust policy', 'no resource-based policy'])(
    'because %s allows it, the cause is the trust policy',
    (policy) => {
      expect(refuse({}, byPolicy(`because ${policy} allows the action`)).hint).toContain('role exists');
    },
  );

  test('a token without claims does not cause another error', () => {
    expect(refusedSignIn(denied, { roleArn }, { jwt: 'x', claims: {} }).hint).toContain('runs in no environment');
  });
});
