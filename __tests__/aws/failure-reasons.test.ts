import { describe, expect, test } from '@jest/globals';

import { explainFailureReason } from '../../src/aws/failure-reasons.ts';

describe('explainFailureReason', () => {
  test.each([
    ['Received a 404 status error: the USER assignee 1-2 was not found in directory d-1', /principal/u, false],
    [
      'Received a 403 status error: Access denied by IAM … not authorized to perform: iam:UpdateSAMLProvider on resource',
      /management account/u,
      false,
    ],
    [
      'AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account takes longer than usual',
      /suspended, closed or not ready/u,
      false,
    ],
    ['An unexpected internal service exception was encountered', /AWS support/u, true],
    ['Policy arn:aws:iam::1:policy/x does not exist or is not attachable', /customer managed policy/u, false],
    ['Received a 404 status error: Not supported policy arn:aws:iam::1:policy/x.', /customer managed policy/u, false],
    ['Cannot exceed quota for RolesPerAccount: 1000', /quota/iu, false],
    ['LimitExceeded', /quota/iu, false],
  ] as const)('%s', (reason, expected, passing) => {
    const explained = explainFailureReason(reason, true);
    expect(explained.hint).toMatch(expected);
    expect(explained.passing).toBe(passing);
  });

  test('an unknown reason has no hint and does not pass', () => {
    expect(explainFailureReason('something new', true)).toEqual({ hint: null, passing: false });
  });

  const byIam =
    'Received a 403 status error: User: x is not authorized to perform: iam:CreateSAMLProvider on resource: y';

  test.each([
    ['in a member account', byIam, false],
    ['by a control policy over a member account', `${byIam} with an explicit deny in a service control policy`, false],
    ['by a deny in the management account', `${byIam} with an explicit deny in an identity-based policy`, true],
  ])('a refusal by IAM %s is a task for the owners of the account', (_, reason, isOwner) => {
    const { hint: text } = explainFailureReason(reason, isOwner);
    expect(text).toMatch(/^IAM in the target account refuses.*owners of the account.*control policies/u);
    expect(text).not.toMatch(/management account|iam:/u);
  });
});
