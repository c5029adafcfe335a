/** Grants by ids: every group, every permission set, every account with each other. */
export interface MixedGrants {
  readonly groups: readonly string[];
  /** ARNs. */
  readonly permissionSets: readonly string[];
  readonly accounts: readonly string[];
}

/** What a mixed run finds as JSON in the environment variable BENCH_WORK, beside AWS's own variables. */
export interface MixedWork {
  readonly region: string;
  readonly instanceArn: string;
  readonly create: MixedGrants;
  readonly delete: MixedGrants;
}

/**
 * A step does one operation; creations and deletions in one run is a thing of the engine. This module is run in a process
 * of its own under the rehearsal's clock, carries out `MixedWork` through the engine, and ends with code 0 when every
 * grant has ended well.
 */
export const mixedRun = new URL('./mixed-run.ts', import.meta.url);
