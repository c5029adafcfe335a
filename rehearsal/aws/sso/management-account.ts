import type { Instance } from '../../estate.ts';
import { noteFurtherCheck } from '../../journal.ts';
import type { Call } from '../call.ts';
import { partitionOf, type Cloud } from '../cloud.ts';
import { deniedResource } from '../iam.ts';

/**
 * For the management account the caller's own permissions do the IAM work
 * (docs/design/aws.md#the-management-account-as-a-target): how an operation there fails.
 */
export function iamFailure(
  cloud: Cloud,
  call: Call,
  instance: Instance,
  accountId: string,
): { readonly failure?: string } {
  if (accountId !== cloud.state.estate.organization?.managementAccount) return {};
  const prefix = `arn:${partitionOf(instance)}:iam::${accountId}`;
  const needed = [
    ...[
      'CreateRole',
      'GetRole',
      'PutRolePolicy',
      'AttachRolePolicy',
      'ListRolePolicies',
      'ListAttachedRolePolicies',
    ].map(
      (name) =>
        [
          `iam:${name}`,
          `${prefix}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_${instance.identityStoreId}`,
        ] as const,
    ),
    // The role's provider is looked for first, in a list that has no resources of its own.
    ['iam:ListSAMLProviders', '*'] as const,
    ...['GetSAMLProvider', 'CreateSAMLProvider', 'UpdateSAMLProvider'].map(
      (name) => [`iam:${name}`, `${prefix}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`] as const,
    ),
  ];
  for (const [action, arn] of needed) noteFurtherCheck(call.entry, action, [arn]);
  const policy = cloud.roles.policyOf(call.caller.roleArn);
  const missing = needed.find(([action, arn]) => deniedResource(policy, action, [{ arn }]) !== undefined);
  return missing === undefined
    ? {}
    : {
        failure: `Received a 403 status error: Access denied by IAM. User: ${call.caller.arn} is not authorized to perform: ${missing[0]} on resource: ${missing[1]}`,
      };
}
