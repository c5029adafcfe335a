import { leaseNamed, type Asked } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import { tenantRoot } from '../resolve/ids.ts';
import { parseLeaseId, type AzureLease } from './lease-id.ts';
import { recordMark } from './records/record-entry.ts';
import { hasRecordMark, longDescription, nameOfLease, needsPlace, rootHasNoLists } from '../messages/inputs.ts';

/** Maximum length of a description beside the lease records, in characters. */
const longestText = 256;
const example = 'Incident 4711, on call';

interface Given {
  readonly description: string | null;
  readonly 'assignment-name': string | null;
  readonly 'azure-subscription-id': string | null;
}

/** Inputs that leases cannot have, and inputs that a search for leases needs. */
export function leaseFaults(given: Given, { operation, lifetime, lines }: Asked): readonly Fault[] {
  const { description } = given;
  const faults: Fault[] = [];
  const isLease = lifetime.kind === 'lease';
  if (description?.includes(recordMark) === true) {
    faults.push({ input: 'description', problem: hasRecordMark(recordMark), example });
  } else if (isLease && description !== null && description.length > longestText) {
    const problem = longDescription(description.length, longestText);
    faults.push({ input: 'description', problem, example });
  }
  if (isLease && operation === 'assign' && given['assignment-name'] !== null) {
    faults.push({ input: 'assignment-name', problem: nameOfLease, cause: 'lifetime', example: takeOut });
  }
  if (operation !== 'list' && operation !== 'sweep') return faults;
  if (lines.targets.length === 0 && given['azure-subscription-id'] === null) {
    faults.push({ input: 'target', problem: needsPlace, example: 'subscription:11111111-2222-4333-8444-555555555555' });
  }
  // Azure does not list role assignments below the root of a tenant.
  if (lines.targets.some(({ value }) => value === tenantRoot))
    faults.push({ input: 'target', problem: rootHasNoLists, example: 'management-group:platform' });
  return faults;
}

/** The lease of `lease-id`, `null` where there is none. */
export function leaseOf(asked: Asked): AzureLease | null {
  return leaseNamed(asked, parseLeaseId);
}
