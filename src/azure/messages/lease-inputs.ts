/* Faults of inputs. */

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
