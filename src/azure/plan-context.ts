import type { Budget } from '#access/clock';
import type { PlanContext } from '#access/cloud';
import { ok, wrong, type Parsed } from '#access/declaration';
import { Refusal } from '#access/errors';
import { guid } from './resolve/ids.ts';
import { conditionVersion } from './inputs.ts';
import type { AzureSession } from './session.ts';
import type { AssignmentProperties, AzureSettings } from './settings.ts';
import type { Caller } from './sign-in/access-token.ts';

/** Who would make the grants, where, and with which properties: by the token, whatever the inputs said. */
export async function planContext(session: AzureSession, budget: Budget): Promise<PlanContext> {
  return contextOf(await session.caller(budget), session.settings);
}

/** Exported for its test. */
export function contextOf(caller: Caller, { environment, properties, pim }: AzureSettings): PlanContext {
  // A person who signed in with an application has its client id in common with everybody else who did.
  const id = caller.delegated ? caller.objectId : (caller.clientId ?? caller.objectId);
  if (id === null || caller.tenantId === null) {
    throw new Refusal(
      'The access token does not say whom or for which directory it was given, so that a plan cannot name who makes it.',
      'Sign in with azure-client-id and azure-tenant-id.',
    );
  }
  return {
    caller: id.toLowerCase(),
    directory: caller.tenantId.toLowerCase(),
    // Who approves, and what ends the access, is another matter through Privileged Identity Management.
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
    // It goes along with each condition, given or not.
    'condition-version': properties.condition === null ? null : conditionVersion,
    description: properties.description,
    'delegated-managed-identity-resource-id': properties.delegatedManagedIdentityResourceId,
    'assignment-name': properties.name,
  };
  return Object.fromEntries(Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Who will carry out a plan, as `plan-for` names it. */
export function parseCaller(text: string): Parsed<string> {
  return guid.test(text) ? ok(text.toLowerCase()) : wrong(`is "${text}", which is not a client id: that is a GUID`);
}
