import { leaseNamed, type Asked } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import { tenantRoot } from '../resolve/ids.ts';
import { parseLeaseId, type AzureLease } from './lease-id.ts';
import { recordMark } from './records/record-entry.ts';

/** So long may a description be beside the records of leases, in characters. */
const longestText = 256;

interface Given {
  readonly description: string | null;
  readonly 'assignment-name': string | null;
  readonly 'azure-subscription-id': string | null;
}

/** What leases cannot have, and what looking for them takes. */
export function leaseFaults(given: Given, { operation, lifetime, lines }: Asked): readonly Fault[] {
  const { description } = given;
  const faults: Fault[] = [];
  const isLease = lifetime.kind === 'lease';
  if (description?.includes(recordMark) === true) {
    const problem = `has ${recordMark}, by which the records of leases are known`;
    faults.push({ input: 'description', problem, example: 'Incident 4711, on call' });
  } else if (isLease && description !== null && description.length > longestText) {
    const problem = `has ${description.length} characters; beside the records of leases there is room for ${longestText}`;
    faults.push({ input: 'description', problem, example: 'Incident 4711, on call' });
  }
  if (isLease && operation === 'assign' && given['assignment-name'] !== null) {
    const problem = 'means nothing with a lifetime: each lease takes a fresh name, by which others see that it is new';
    faults.push({ input: 'assignment-name', problem, cause: 'lifetime', example: takeOut });
  }
  if (operation !== 'list' && operation !== 'sweep') return faults;
  if (lines.targets.length === 0 && given['azure-subscription-id'] === null) {
    const problem = 'is missing, and so is azure-subscription-id: one of them has to say where to look for leases';
    faults.push({ input: 'target', problem, example: 'subscription:11111111-2222-4333-8444-555555555555' });
  }
  // Azure lists nothing below the root of a tenant.
  if (lines.targets.some(({ value }) => value === tenantRoot)) {
    const problem =
      'is /, below which Azure lists no role assignments: name management groups, subscriptions or other scopes';
    faults.push({ input: 'target', problem, example: 'management-group:platform' });
  }
  return faults;
}

/** What a `lease-id` says, `null` where there is none. */
export function leaseOf(asked: Asked): AzureLease | null {
  return leaseNamed(asked, parseLeaseId);
}
