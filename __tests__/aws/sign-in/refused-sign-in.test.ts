import { describe, expect, test } from '@jest/globals';

import { refusedSignIn } from '../../../src/aws/sign-in/refused-sign-in.ts';
import { awsError } from '../fake-session.ts';

const roleArn = 'arn:aws:iam::111122223333:role/broker';
const denied = awsError('denied', {
  code: 'AccessDenied',
  message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
});
const refuse = (claims: Readonly<Record<string, string>>) =>
  refusedSignIn(denied, { roleArn }, { jwt: 'the.secret.token', claims });

describe('refusedSignIn', () => {
  const claims = {
    sub: 'repo:o/r:ref:refs/heads/main',
    aud: 'sts.amazonaws.com',
    iss: 'https://token.actions.githubusercontent.com',
    repository_id: '42',
    jti: 'not-interesting',
  };

  test('says role, code, message, request id, and what the token carried', () => {
    const refusal = refuse(claims);
    expect(refusal.message).toBe(
      `AWS does not let this job assume ${roleArn}: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (request id aws-req-1)`,
    );
    expect(refusal.hint).toContain('repo:o/r:ref:refs/heads/main');
    expect(refusal.hint).toContain('sts.amazonaws.com');
    expect(refusal.details.join('\n')).toContain('  iss: https://token.actions.githubusercontent.com');
    expect(refusal.details.join('\n')).toContain('  repository_id: 42');
    expect(refusal.details.join('\n')).not.toContain('jti');
  });

  test('never the token', () => {
    const { message, hint, details } = refuse(claims);
    expect([message, hint, ...details].join('\n')).not.toContain('secret');
  });

  test('of an immutable subject it shows the other form, too', () => {
    const { hint } = refuse({ ...claims, sub: 'repo:o@1/r@2:environment:prod' });
    expect(hint).toContain('repo:o@1/r@2:environment:prod');
    expect(hint).toContain('(repo:o/r:environment:prod)');
  });

  test('of a plain subject it claims no other form', () => {
    expect(refuse(claims).hint).not.toContain('immutable');
  });

  test('a token without claims is no error of its own', () => {
    expect(refuse({}).hint).toContain(':aud (?)');
  });
});
