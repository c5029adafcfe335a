import type { StartRequest } from './operation.ts';
import type { State } from './state.ts';

/**
 * Reason of an operation's failure without a script, by account; undefined for a success. The texts are the ones seen
 * live (docs/design/aws.md#failure-reasons), except the one about policies, whose exact wording is unverified.
 */
export function naturalFailure(state: State, request: StartRequest, accountId: string): string | undefined {
  const account = state.accounts.get(accountId);
  if (request.failure !== undefined) return request.failure;
  if (account !== undefined && (account.state ?? 'ACTIVE') !== 'ACTIVE')
    return 'AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account is taking longer than usual. This is not a fatal error and may be due to your account being suspended.';
  if (request.principalType !== undefined && !state.hasPrincipal(request.principalType, request.principalId ?? ''))
    return `Received a 404 status error: the ${request.principalType} assignee ${request.principalId ?? ''} was not found in directory ${directoryOf(state, request.instanceArn)}`;
  return request.kind === 'delete' ? undefined : missingPolicy(state, request.permissionSetArn, accountId);
}

function directoryOf(state: State, instanceArn: string): string {
  return state.instances.find(({ arn }) => arn === instanceArn)?.identityStoreId ?? '';
}

/** A customer managed policy has to exist in every account that the permission set is provisioned to (terraform-provider-aws#38247). */
function missingPolicy(state: State, permissionSetArn: string, accountId: string): string | undefined {
  const account = state.accounts.get(accountId);
  if (account === undefined) return undefined;
  const missing = state.permissionSets
    .get(permissionSetArn)
    ?.customerManagedPolicies?.find((name) => account.customerManagedPolicies?.includes(name) !== true);
  return missing === undefined
    ? undefined
    : `Received a 404 status error: Not supported policy arn:aws:iam::${accountId}:policy/${missing}.`;
}
