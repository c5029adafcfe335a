import { noteCheck } from '../journal.ts';
import type { Call } from './call.ts';
import type { Cloud } from './cloud.ts';
import { accessDenied, deniedResource, type Resource } from './iam.ts';

/** Checks the role's policy for all resources together, as the services do (docs/design/aws.md#permissions). */
export function authorize(cloud: Cloud, call: Call, service: string, resources: readonly Resource[]): void {
  authorizeAction(cloud, call, `${service}:${call.operation}`, resources);
}

/** The same for an action that is not the operation itself, such as iam:PassRole. */
export function authorizeAction(cloud: Cloud, call: Call, action: string, resources: readonly Resource[]): void {
  noteCheck(
    call.entry,
    action,
    resources.map(({ arn }) => arn),
  );
  const denied = deniedResource(cloud.roles.policyOf(call.caller.roleArn), action, resources);
  if (denied !== undefined) throw deny(call, action, denied.arn, denied.explicit);
}

export function deny(call: Call, action: string, resource: string, explicit = false): Error {
  call.entry.denied = resource;
  return accessDenied(call.caller.arn, action, resource, explicit);
}
