import { optionalText, text, type Call } from '../call.ts';
import type { Handler } from '../cloud.ts';
import { page } from '../pages.ts';
import { Refusal } from '../refusal.ts';
import type { Provisioned } from '../state.ts';
import { admit, admitChange, pageRules } from './guards.ts';
import { iamFailure } from './management-account.ts';
import { statusObject } from './statuses.ts';

function hasWantedStatus(call: Call): (entry: Provisioned) => boolean {
  const wanted = optionalText(call, 'ProvisioningStatus');
  return ({ provisioning }) =>
    wanted === undefined ||
    (wanted === 'LATEST_PERMISSION_SET_PROVISIONED' ? provisioning === 'latest' : provisioning === 'stale');
}

export const provisioningHandlers: Readonly<Record<string, Handler>> = {
  ProvisionPermissionSet: (cloud, call) => {
    const accountId = optionalText(call, 'TargetId');
    const one = text(call, 'TargetType') === 'AWS_ACCOUNT';
    const instance = admit(cloud, call, { permissionSet: true, ...(accountId === undefined ? {} : { accountId }) });
    if (one !== (accountId !== undefined))
      throw new Refusal(
        'ValidationException',
        one
          ? 'TargetId is required for the target type AWS_ACCOUNT.'
          : 'TargetId is not allowed for the target type ALL_PROVISIONED_ACCOUNTS.',
      );
    admitChange(cloud, call, instance, accountId);
    const operation = cloud.operations.start({
      kind: 'provision',
      instanceArn: instance.arn,
      permissionSetArn: text(call, 'PermissionSetArn'),
      ...(accountId === undefined ? {} : { accountId, ...iamFailure(cloud, call, instance, accountId) }),
    });
    return { PermissionSetProvisioningStatus: statusObject(operation, true) };
  },

  ListAccountsForProvisionedPermissionSet: (cloud, call) => {
    admit(cloud, call, { permissionSet: true });
    const entries = cloud.state.provisionedAt(cloud.now(), { permissionSetArn: text(call, 'PermissionSetArn') });
    const accounts = entries.filter(hasWantedStatus(call)).map(({ accountId }) => accountId);
    const { items, next } = page(call, accounts, (accountId) => accountId, pageRules);
    return { AccountIds: items, ...next };
  },

  ListPermissionSetsProvisionedToAccount: (cloud, call) => {
    const accountId = text(call, 'AccountId');
    const instance = admit(cloud, call, { accountId });
    const arns = cloud.state
      .provisionedAt(cloud.now(), { accountId })
      .filter(hasWantedStatus(call))
      .map(({ permissionSetArn }) => permissionSetArn)
      .filter((arn) => cloud.state.permissionSets.get(arn)?.instanceArn === instance.arn);
    const { items, next } = page(call, arns, (arn) => arn, pageRules);
    // An account without any: the member is optional in the model, so it is absent.
    return { ...(arns.length === 0 ? {} : { PermissionSets: items }), ...next };
  },
};
