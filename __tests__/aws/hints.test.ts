import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../src/access/errors.ts';
import { hintFor } from '../../src/aws/hints.ts';

interface Given {
  readonly kind?: FailureKind;
  readonly operation?: string;
  readonly code?: string;
  readonly message?: string;
  readonly reason?: string | null;
  readonly accounts?: { readonly caller: string | null; readonly owner: string | null };
}
const hint = (given: Given): string | null =>
  hintFor({
    kind: 'denied',
    operation: 'sso:ListInstances',
    code: 'AccessDeniedException',
    message: 'no',
    reason: null,
    accounts: { caller: null, owner: null },
    ...given,
  });

/** An answer of STS to the ID token. */
const of = (code: string, message: string): Given => ({ operation: 'sts:AssumeRoleWithWebIdentity', code, message });

describe('hintFor', () => {
  test.each<[string, Given, RegExp]>([
    ['a KMS cause', { reason: 'KMS_AccessDeniedException' }, /kms:Decrypt/u],
    ['a KMS cause of a throttle', { kind: 'throttled', reason: 'KMS_ThrottlingException' }, /kms:Decrypt/u],
    [
      'a service control policy',
      {
        message: 'x is not authorized to perform: sso:ListInstances with an explicit deny in a service control policy',
      },
      /^A service control policy refuses this request, and no further Allow helps/u,
    ],
    [
      'a missing action',
      { message: 'User: x is not authorized to perform: sso:ListInstances on resource: *' },
      /Allow the role sso:ListInstances/u,
    ],
    [
      'an execution role that Scheduler cannot assume',
      {
        kind: 'invalid',
        operation: 'scheduler:CreateSchedule',
        code: 'ValidationException',
        message: 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      },
      /aws-scheduler-role-arn must.*trust scheduler\.amazonaws\.com/u,
    ],
    [
      'a role that cannot be passed',
      {
        operation: 'scheduler:CreateSchedule',
        message: 'User: x is not authorized to perform: iam:PassRole on resource: y',
      },
      /iam:PassRole on the role of aws-scheduler-role-arn/u,
    ],
    [
      'a schedule group that cannot be made',
      {
        operation: 'scheduler:CreateScheduleGroup',
        message: 'User: x is not authorized to perform: scheduler:CreateScheduleGroup on resource: y',
      },
      /create the group of aws-scheduler-group once/u,
    ],
    ['DescribeInstance', { operation: 'sso:DescribeInstance' }, /aws-identity-store-id.*sso:DescribeInstance/u],
    [
      'a start from a delegated administrator',
      { operation: 'sso:CreateAccountAssignment' },
      /delegated administrator/u,
    ],
    [
      'a delete from a delegated administrator',
      { operation: 'sso:DeleteAccountAssignment' },
      /delegated administrator/u,
    ],
    ['any other denial', {}, /aws-region/u],
    ['expired credentials', { code: 'ExpiredTokenException' }, /expired/u],
    [
      'expired credentials on the first call with a pinned instance',
      { code: 'ExpiredTokenException', operation: 'sso:DescribeInstance' },
      /expired/u,
    ],
    [
      'unknown credentials',
      { code: 'UnrecognizedClientException', operation: 'sso:CreateAccountAssignment' },
      /expired, incomplete/u,
    ],
    [
      'credentials that STS does not know',
      { code: 'InvalidClientTokenId', operation: 'sts:GetCallerIdentity' },
      /expired, incomplete/u,
    ],
    [
      'no credentials at all',
      { kind: 'other', code: 'CredentialsProviderError', message: 'Could not load credentials from any providers' },
      /aws-role-to-assume/u,
    ],
    [
      'accounts that cannot be listed',
      {
        operation: 'organizations:ListAccounts',
        message: 'User: x is not authorized to perform: organizations:ListAccounts on resource: *',
      },
      /account IDs instead of names, or allow the role organizations:ListAccounts/u,
    ],
    [
      'an account that cannot be looked at',
      { operation: 'organizations:DescribeAccount' },
      /organizations:DescribeAccount/u,
    ],
    [
      'the root that cannot be listed',
      { operation: 'organizations:ListRoots' },
      /ListRoots.*ListOrganizationalUnitsForParent.*ListAccountsForParent/u,
    ],
    ['units that cannot be listed', { operation: 'organizations:ListOrganizationalUnitsForParent' }, /account IDs/u],
    ['accounts of a unit', { operation: 'organizations:ListAccountsForParent' }, /delegated/u],
    [
      'the organization that cannot be described',
      { operation: 'organizations:DescribeOrganization' },
      /aws-identity-store-id/u,
    ],
    ['a user who cannot be described', { operation: 'identitystore:DescribeUser' }, /IDs in allowed-principals/u],
    ['a group that cannot be described', { operation: 'identitystore:DescribeGroup' }, /identitystore:DescribeGroup/u],
    [
      'a list of operations that cannot be read',
      {
        operation: 'sso:ListAccountAssignmentCreationStatus',
        message: 'x is not authorized to perform: sso:ListAccountAssignmentCreationStatus on y',
      },
      /Allow the role sso:ListAccountAssignmentCreationStatus/u,
    ],
    ['no account or unit', { kind: 'not-found', operation: 'organizations:ListAccountsForParent' }, /IDs in target/u],
    ['no organization', { kind: 'other', code: 'AWSOrganizationsNotInUseException' }, /not in an organization/u],
    [
      'a throttle of Organizations',
      { kind: 'throttled', operation: 'organizations:ListAccounts' },
      /max-requests-per-second/u,
    ],
    [
      'expired credentials that are asked whose they are',
      { operation: 'sts:GetCallerIdentity', code: 'ExpiredToken' },
      /expired/u,
    ],
    [
      'a role in an account that may be neither owner nor administrator',
      { accounts: { caller: '222233334444', owner: '444455556666' } },
      /in account 222233334444, and account 444455556666 owns the instance\. If 222233334444 is not its delegated/u,
    ],
    [
      'an identity provider that is missing',
      of('InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://issuer.example'),
      /no identity provider for this issuer/u,
    ],
    ['a provider without that audience', of('InvalidIdentityToken', 'Incorrect token audience'), /aws-audience/u],
    [
      'an old thumbprint',
      of('InvalidIdentityToken', "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"),
      /thumbprint of a certificate that the issuer no longer uses/u,
    ],
    ['a Region without STS', of('RegionDisabledException', 'STS is not activated'), /STS is deactivated/u],
    ['an ended ID token', of('ExpiredTokenException', 'Token expired'), /ID token had expired, or was not valid yet/u],
    ['a claim that is rejected', of('IDPRejectedClaim', 'x'), /ID token had expired, or was not valid yet/u],
    ['no token', of('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.'), /cannot read the token/u],
    ['too many session tags', of('PackedPolicyTooLarge', 'x'), /sends no policy.*Map fewer/u],
    ['a value that STS does not take', of('ValidationError', 'x'), /aws-role-session-name/u],
    ['a policy that was never sent', of('MalformedPolicyDocument', 'x'), /no policy/u],
    ['a throttle of STS', { ...of('Throttling', 'Rate exceeded'), kind: 'throttled' }, /fewer steps at once/u],
    ['not found', { kind: 'not-found' }, /aws-region.*aws-instance-arn/u],
    ['a quota', { kind: 'quota' }, /quota/iu],
    ['a malformed value', { kind: 'invalid' }, /malformed/u],
    ['a throttle', { kind: 'throttled' }, /20 requests per second/u],
    ['a conflict', { kind: 'busy' }, /one operation at a time/u],
    ['no answer', { kind: 'unreachable' }, /HTTPS_PROXY/u],
  ])('%s', (_name, given, expected) => {
    expect(hint(given)).toMatch(expected);
  });

  const refused = 'User: arn:aws:sts::111122223333:assumed-role/broker/x is not authorized to perform:';
  const policies = [
    ...['an identity-based policy', 'a permissions boundary', 'a session policy', 'a resource control policy'],
    ...['a resource-based policy', 'a VPC endpoint policy', 'a service control policy'],
  ];

  test.each<[string, string]>([
    ...policies.map((kind) => [`with an explicit deny in ${kind}`, kind] as [string, string]),
    ...['permissions boundary', 'session policy', 'VPC endpoint policy', 'service control policy'].map(
      (kind) => [`because no ${kind} allows the action`, `a ${kind}`] as [string, string],
    ),
    ['with an explicit deny in a permissions boundary: arn:aws:iam::111122223333:policy/x', 'a permissions boundary'],
    ['due to an explicit deny in a Service Control Policy', 'a Service Control Policy'],
    ['with an explicit deny', 'a policy'],
  ])('a refusal %s needs no further Allow', (context, kind) => {
    for (const operation of [
      ...['sso:CreateAccountAssignment', 'sso:DeleteAccountAssignment', 'sso:ListAccountAssignments'],
      ...['sso:ProvisionPermissionSet', 'sso:DescribeInstance', 'organizations:ListRoots', 'scheduler:CreateSchedule'],
    ]) {
      const message = `${refused} ${operation} on resource: arn:x ${context}`;
      const text = hint({ operation, message, accounts: { caller: '111122223333', owner: '444455556666' } }) ?? '';
      expect(text.toLowerCase()).toContain(`${kind.toLowerCase()} refuses this request, and no further allow helps.`);
      expect(text).toContain('Ask the people who set the policy whether this job is meant to do this');
      expect(text).not.toMatch(/allow the role|owns the instance|delegated/iu);
      expect(text.startsWith('The access is still there.')).toBe(operation === 'sso:DeleteAccountAssignment');
    }
  });

  test.each(['identity-based', 'resource-based'])('without an Allow in %s policy, an Allow is missing', (kind) => {
    const message = `${refused} sso:ListInstances because no ${kind} policy allows the sso:ListInstances action`;
    expect(hint({ message })).toMatch(/^Allow the role sso:ListInstances/u);
  });

  test.each(['InvalidSignatureException', 'SignatureDoesNotMatch', 'IncompleteSignature'])(
    '%s points to changed requests, and not to the role that is set',
    (code) => {
      const text = hint({ code, operation: 'sso:CreateAccountAssignment', message: 'The request signature' });
      expect(text).toMatch(/something changes requests on the way, such as a proxy or an endpoint/u);
      expect(text).not.toMatch(/expired|aws-role-to-assume/u);
    },
  );

  test.each(['Incorrect token audience', 'Token audience is not valid'])('STS on the audience: %s', (message) => {
    expect(hint(of('InvalidIdentityToken', message))).toMatch(/does not list the audience of the token/u);
  });

  test('the owner has no limits of a delegated administrator', () => {
    const operation = 'sso:CreateAccountAssignment';
    const given = { operation, message: 'Access denied.', accounts: { caller: '1', owner: '1' } };
    expect(hint(given)).toMatch(/^Check role and target/u);
    expect(hint({ ...given, accounts: { caller: '1', owner: '2' } })).toMatch(/^From a delegated administrator/u);
  });

  test.each([
    ['the owner itself', { caller: '1', owner: '1' }],
    ['an owner who is not known', { caller: '1', owner: null }],
    ['ambient credentials', { caller: null, owner: '1' }],
  ])('%s does not suggest that the role is in another account', (_, accounts) => {
    expect(hint({ accounts })).not.toContain('owns the instance');
  });

  test('an unknown error still has the address for help (P9)', () => {
    expect(hint({ kind: 'other', code: 'SomethingElse' })).toContain('AWS support');
  });
});
