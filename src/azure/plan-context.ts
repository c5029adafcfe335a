import type { Budget } from '#access/clock';
import type { PlanContext } from '#access/cloud';
import { ok, wrong, type Parsed } from '#access/declaration';
import { guid } from './resolve/ids.ts';
import { conditionVersion } from './inputs.ts';
import { notClientId } from './messages/inputs.ts';
import { callerUnknown } from './messages/sign-in.ts';
import type { AzureSession } from './session.ts';
import type { AssignmentProperties, AzureSettings } from './settings.ts';
import type { Caller } from './sign-in/access-token.ts';

/** The caller, the directory and the properties of the grants: by the token, whatever the inputs are. */
export async function planContext(session: AzureSession, budget: Budget): Promise<PlanContext> {
  return contextOf(await session.caller(budget), session.settings);
}

/** Exported for its test. */
export function contextOf(caller: Caller, { environment, properties, pim }: AzureSettings): PlanContext {
  // Persons who sign in with the same application share its client ID.
  const id = caller.delegated ? caller.objectId : (caller.clientId ?? caller.objectId);
  if (id === null || caller.tenantId === null) throw callerUnknown();
  return {
    caller: id.toLowerCase(),
    directory: caller.tenantId.toLowerCase(),
    // Privileged Identity Management changes who approves the access, and what ends it.
    settings: { ...environmentIn(environment), ...given(properties), ...(pim === null ? {} : { 'azure-pim': 'true' }) },
  };
}

function environmentIn(choice: AzureSettings['environment']): Readonly<Record<string, string>> {
  const name = choice.kind === 'known' ? choice.environment.name : choice.arm.origin;
  return name === 'AzureCloud' ? {} : { 'azure-environment': name };
}

function given(properties: AssignmentProperties): Readonly<Record<string, string>> {
  const inputs = {
    condition: properties.condition,
    // It is sent with each condition, given or not.
    'condition-version': properties.condition === null ? null : conditionVersion,
    description: properties.description,
    'delegated-managed-identity-resource-id': properties.delegatedManagedIdentityResourceId,
    'assignment-name': properties.name,
  };
  return Object.fromEntries(Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The caller that will carry out a plan, as `plan-for` names it. */
export function parseCaller(text: string): Parsed<string> {
  return guid.test(text) ? ok(text.toLowerCase()) : wrong(notClientId(text));
}
