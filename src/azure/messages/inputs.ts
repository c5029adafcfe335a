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

/* Leases, also through Privileged Identity Management */

export const hasRecordMark = (mark: string): string => `The value contains "${mark}", which marks lease records.`;
export const longDescription = (length: number, longest: number): string =>
  `The value has ${length} characters. Beside the lease records there is room for ${longest}.`;
export const nameOfLease =
  'This input is not possible with a lifetime: each lease needs a new name, by which others see that it is new.';
export const needsPlace =
  'This input or azure-subscription-id is required: one of them has to say where to search for leases.';
export const rootHasNoLists =
  '"/" is not possible: Azure does not list role assignments below it. Name management groups, subscriptions or other scopes.';
export const ticketNeedsPim =
  'This input has no effect without azure-pim. Only requests to Privileged Identity Management name a ticket.';
export const pimNeedsLifetime =
  'This input requires a lifetime: access through Privileged Identity Management always has an end.';
export const notWithPim = {
  description: 'This input is not possible with azure-pim. Use reason instead.',
  'assignment-name': 'This input is not possible with azure-pim: Azure names the role assignment.',
  'delegated-managed-identity-resource-id':
    'This input is not possible with azure-pim: a request cannot have a delegated identity.',
} as const;
