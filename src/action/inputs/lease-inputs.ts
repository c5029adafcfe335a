import type { AnyCloud, Asked } from '#access/declaration';
import { durationInWords } from '#access/durations';
import type { Fault } from '#access/errors';
import { commonInputs, type CommonValues } from '#access/inputs';
import {
  aboveMaxLifetime,
  badLeaseId,
  forLeasesOnly,
  leaseIdRequired,
  noExtension,
  waitsForLease,
} from '../messages/inputs.ts';
import {
  permanent,
  unsaidPermanent,
  withoutEnd,
  type LeaseId,
  type Lifetime,
  type OperationName,
} from '#access/request';

/**
 * Reads the inputs about a lease, new or existing; adds what is wrong to `faults`.
 *
 * @param mayPend true if the lease may need an approval
 */
export function readLease(
  cloud: AnyCloud<unknown>,
  operation: OperationName | null,
  common: CommonValues,
  mayPend: boolean,
  faults: Fault[],
): Pick<Asked, 'lifetime' | 'leaseId'> {
  const lifetime = lifetimeOf(common);
  const known = new Set(faults.map(({ input }) => input));
  const found = [
    ...(operation === 'extend' ? extensionFaults(common) : []),
    ...lifetimeFaults(lifetime, common, mayPend),
  ];
  // With a lifetime that was not understood, it is unknown what goes with it.
  if (!known.has('lifetime')) faults.push(...found.filter(({ input }) => !known.has(input)));
  return { lifetime, leaseId: readLeaseId(cloud, operation, common, faults) };
}

function lifetimeOf({ lifetime, 'keep-after-job': keepAfterJob, 'on-existing': onExisting }: CommonValues): Lifetime {
  if (lifetime === 'none') return unsaidPermanent;
  if (lifetime === withoutEnd) return permanent;
  return { kind: 'lease', ms: lifetime, keepAfterJob, onExisting };
}

/** Faults of inputs that do not match the lifetime. */
function lifetimeFaults(lifetime: Lifetime, common: CommonValues, mayPend: boolean): readonly Fault[] {
  if (lifetime.kind === 'lease')
    return common.wait || mayPend ? [] : [{ input: 'wait', problem: waitsForLease, example: 'true' }];
  const example = { of: 'lifetime', value: commonInputs.lifetime.example };
  return [
    ...(common['keep-after-job'] ? [{ input: 'keep-after-job', problem: forLeasesOnly('true'), example }] : []),
    ...(common['on-existing'] === 'fail' ? [{ input: 'on-existing', problem: forLeasesOnly('fail'), example }] : []),
  ];
}

/** For how long is all that an extension says, so that its ceiling needs no look at the lease. */
function extensionFaults({ lifetime, 'max-lifetime': longest }: CommonValues): readonly Fault[] {
  const { example } = commonInputs.lifetime;
  if (typeof lifetime === 'string') return [{ input: 'lifetime', problem: noExtension(lifetime), example }];
  if (longest === null || lifetime <= longest) return [];
  const problem = aboveMaxLifetime(durationInWords(lifetime), durationInWords(longest));
  return [{ input: 'lifetime', problem, example: inOneUnit(longest) }];
}

/** A duration as the inputs take it. */
function inOneUnit(ms: number): string {
  return `${ms / 1000}s`;
}

function readLeaseId(
  cloud: AnyCloud<unknown>,
  operation: OperationName | null,
  common: CommonValues,
  faults: Fault[],
): LeaseId | null {
  const fault = (problem: string): null => {
    faults.push({ input: 'lease-id', problem, example: commonInputs['lease-id'].example });
    return null;
  };
  const given = common['lease-id'];
  if (given === null) {
    const demanded = operation === 'release' || operation === 'extend';
    const known = faults.some(({ input }) => input === 'lease-id');
    return demanded && !known ? fault(leaseIdRequired) : null;
  }
  const parsed = cloud.parseLease(given);
  return parsed.ok ? parsed.value : fault(badLeaseId(beginning(given), parsed.problem));
}

const longestShown = 60;

function beginning(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
