import type { JobName } from './liveness.ts';

/** Which step of which job took a lease, for its record. */
export interface Origin extends JobName {
  readonly repositoryId: string;
  /** The job's key in its workflow file. */
  readonly job: string;
  /** The step's own id, or the one that the runner gave it. */
  readonly step: string;
  readonly actor: string;
}
