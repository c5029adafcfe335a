import type { Instance } from '../../estate.ts';
import { authorize, deny } from '../authorize.ts';
import { optionalText, text, type Call } from '../call.ts';
import { partitionOf, standing, type Cloud } from '../cloud.ts';
import type { Resource } from '../iam.ts';
import type { PageRules } from '../pages.ts';
import { Refusal } from '../refusal.ts';
import type { PermissionSet } from '../state.ts';

/** Resources that an action is checked for, apart from the instance (docs/design/aws.md#permissions). */
export interface Needs {
  /** Instance reads work in additional Regions; permission set and assignment calls do not [doc:api-support-in-additional-regions]. */
  readonly inAdditionalRegions?: boolean;
  readonly permissionSet?: boolean;
  readonly accountId?: string;
}

export const pageRules: PageRules = {
  size: 100,
  badToken: () => new Refusal('ValidationException', 'The NextToken is not valid.'),
};

/** Permissions, account, Region, instance and permission set: what all calls on an instance have in common. */
export function admit(cloud: Cloud, call: Call, needs: Needs = {}): Instance {
  const arn = text(call, 'InstanceArn');
  const permissionSetArn = optionalText(call, 'PermissionSetArn');
  const instance = cloud.state.instances.find((candidate) => candidate.arn === arn);
  authorize(
    cloud,
    call,
    'sso',
    resources(cloud, arn, needs.permissionSet === true ? permissionSetArn : undefined, needs.accountId, instance),
  );
  const place = instance === undefined ? undefined : placeOf(instance, call.region);
  if (instance === undefined || place === undefined)
    throw new Refusal('ResourceNotFoundException', `Instance ${arn} does not exist.`);
  // Member accounts that are not delegated administrators (cloudquery#10844).
  if (standing(cloud, call.caller) === 'member' && call.caller.accountId !== instance.ownerAccount)
    throw deny(call, `sso:${call.operation}`, arn);
  if (place === 'additional' && needs.inAdditionalRegions !== true)
    throw new Refusal(
      'AccessDeniedException',
      `The operation ${call.operation} is not supported in an additional Region of the instance.`,
    );
  if (instance.permissionSetsEnabled === false && needs.inAdditionalRegions !== true)
    throw new Refusal(
      'ValidationException',
      'The operation is not supported for account instances of IAM Identity Center.',
    );
  if (permissionSetArn !== undefined) permissionSetOf(cloud, instance, permissionSetArn);
  return instance;
}

export function permissionSetOf(cloud: Cloud, instance: Instance, arn: string): PermissionSet {
  const found = cloud.state.permissionSets.get(arn);
  if (found?.instanceArn !== instance.arn)
    throw new Refusal('ResourceNotFoundException', `PermissionSet with ARN ${arn} does not exist.`);
  return found;
}

export function placeOf(instance: Instance, region: string): 'primary' | 'additional' | undefined {
  if (instance.region === region) return 'primary';
  return instance.additionalRegions?.includes(region) === true ? 'additional' : undefined;
}

/**
 * A delegated administrator is not allowed to change assignments in the management account, or to use a permission set
 * that is provisioned there (docs/design/aws.md#delegated-administrators).
 */
export function admitChange(cloud: Cloud, call: Call, instance: Instance, accountId: string | undefined): void {
  const management = cloud.state.estate.organization?.managementAccount;
  if (management === undefined || standing(cloud, call.caller) !== 'delegated') return;
  const action = `sso:${call.operation}`;
  const permissionSetArn = text(call, 'PermissionSetArn');
  if (accountId === management) throw deny(call, action, accountArn(instance, management));
  if (cloud.state.provisioning(permissionSetArn, management) !== 'none') throw deny(call, action, permissionSetArn);
}

function accountArn(instance: Instance, accountId: string): string {
  return `arn:${partitionOf(instance)}:sso:::account/${accountId}`;
}

function resources(
  cloud: Cloud,
  arn: string,
  permissionSetArn: string | undefined,
  accountId: string | undefined,
  instance: Instance | undefined,
): Resource[] {
  const tagged = (resourceArn: string, tags: Readonly<Record<string, string>> | undefined): Resource => ({
    arn: resourceArn,
    ...(tags === undefined ? {} : { tags }),
  });
  return [
    tagged(arn, instance?.tags),
    ...(permissionSetArn === undefined
      ? []
      : [tagged(permissionSetArn, cloud.state.permissionSets.get(permissionSetArn)?.tags)]),
    ...(accountId === undefined ? [] : [{ arn: `arn:${arn.split(':')[1] ?? 'aws'}:sso:::account/${accountId}` }]),
  ];
}
