import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import { GROUP, ON_CALL, role, roles, withArm, type Arm, type Reply } from './azure-arm-support.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const VERSION = 'api-version=2020-10-01';

type Kind =
  | 'roleAssignmentScheduleRequests'
  | 'roleAssignmentSchedules'
  | 'roleAssignmentScheduleInstances'
  | 'roleManagementPolicyAssignments';

/** ARM with requests of PIM that take no time, unless `pim` sets one. */
export function withPim(
  options: AzureOptions,
  use: (arm: Arm) => Promise<void>,
  change?: (estate: AzureEstate) => AzureEstate,
): Promise<void> {
  return withArm({ ...options, pim: { takesMs: 0, ...options.pim } }, use, change);
}

export function path(kind: Kind, scope = GROUP, name = '', filter = ''): string {
  const at = scope === '/' ? '' : scope;
  const query = filter === '' ? VERSION : `${VERSION}&$filter=${encodeURIComponent(filter)}`;
  return `${at}/providers/Microsoft.Authorization/${kind}${name === '' ? '' : `/${name}`}?${query}`;
}

/** A name for a request that is easy to recognize. */
export function request(number: number): string {
  return `b0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The body of a PUT: Reader for the on-call group, for an hour. */
export function body(
  requestType: string,
  more: Readonly<Record<string, unknown>> = {},
): { readonly properties: Readonly<Record<string, unknown>> } {
  return {
    properties: {
      requestType,
      principalId: ON_CALL,
      roleDefinitionId: role(roles.reader),
      justification: 'incident 42',
      ...(requestType === 'AdminRemove' ? {} : { scheduleInfo: { expiration: after('PT1H') } }),
      ...more,
    },
  };
}

export function after(duration: string): { readonly type: 'AfterDuration'; readonly duration: string } {
  return { type: 'AfterDuration', duration };
}

/** Sends a request of PIM at the payments group. */
export function put(
  { send }: Arm,
  number: number,
  requestType: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Reply> {
  return send('PUT', path('roleAssignmentScheduleRequests', GROUP, request(number)), body(requestType, more));
}

/** Tuple of `body`. */
export const reader = { scope: GROUP, role: 'Reader', principalId: ON_CALL } as const;

/** The status of a request as a GET reads it. */
export async function statusOf({ send }: Arm, number: number): Promise<unknown> {
  const { body: read } = await send('GET', path('roleAssignmentScheduleRequests', GROUP, request(number)));
  return read.properties?.['status'];
}
