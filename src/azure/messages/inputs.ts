export const plainAuthority = 'The address is not https. Azure requires https to sign in, on this machine too.';

export const regionalAuthority = (value: string): string =>
  `"${value}" would send the sign-in to another host. Regional authorities are not supported.`;

export const unsetIt = 'Unset it.';

export const noTenant =
  'This input is required with azure-client-id. It is the directory that the application signs in to.';

export const noAudience = 'This input is required: a custom azure-environment has no default for it.';

export const knownAudience = (audience: string): string =>
  `"${audience}" is an audience of a well-known cloud. A custom azure-environment never gets a token for it.`;

export const noSubscription = 'This input is required: it is the subscription of a target resource-group:<name>.';

export const oneNameForSeveral =
  'This input is not allowed in a step that can make several grants. Each needs a name of its own.';

export const tenantRootAsTarget =
  '"/" is the root of the tenant, and access there reaches every subscription of the tenant. An expression may be empty.';

export const otherThanRoot =
  'Use the scope that you mean. Only if you mean the whole tenant and that was reviewed, set allow-privileged: true in a step that grants nothing else.';

export const fullScopeOrId = 'a full scope or ID';

export const subscriptionGuid = 'a subscription ID';

/** @param names the clouds that have names */
export const notEnvironment = (value: string, names: readonly string[]): string =>
  `"${value}" is not one of ${names.join(', ')}, and not the https address of an Azure Resource Manager without a path.`;

export const otherConditionVersion = (value: string, supported: string): string =>
  `"${value}" is not supported. Azure accepts only ${supported}.`;

export const notResourceId = (value: string): string => `"${value}" is not a resource ID.`;

/** @param longest in characters */
export const notTicketText = (longest: number): string =>
  `The value has line breaks, control characters, or more than ${longest} characters.`;

export const notClientId = (value: string): string => `"${value}" is not a client ID (a GUID).`;
