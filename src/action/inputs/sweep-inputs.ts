import type { Fault } from '#access/errors';
import { commonInputs, type CommonValues } from '#access/inputs';
import type { Lifetime, OperationName } from '#access/request';
import { forLeasesOnly } from '../messages/inputs.ts';

/** The workflow that sweeps, and how long ago it may have run green last. */
export interface SweepInputs {
  /** Its file name in `.github/workflows`. */
  readonly workflow: string;
  /** Milliseconds. */
  readonly maxAgeMs: number;
}

/** The sweeps that a lease of this step depends on: `null` where it takes none, or names none. Faults go to `faults`. */
export function readSweeps(
  operation: OperationName | null,
  lifetime: Lifetime,
  common: CommonValues,
  faults: Fault[],
): SweepInputs | null {
  const { 'sweep-workflow': workflow, 'sweep-max-age': maxAgeMs, 'dry-run': dryRun } = common;
  if (workflow === null) return null;
  const known = new Set(faults.map(({ input }) => input));
  if (operation === 'assign' && lifetime.kind === 'permanent' && !known.has('lifetime')) {
    const example = { of: 'lifetime', value: commonInputs.lifetime.example };
    faults.push({ input: 'sweep-workflow', problem: forLeasesOnly(workflow), example });
  }
  return dryRun ? null : { workflow, maxAgeMs };
}
