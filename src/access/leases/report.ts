/**
 * The one who ends access if the job that leased it dies now: the cloud's own clock on the grant, its scheduler, the next sweep,
 * or only the post step.
 */
export type Guarantee = (typeof guarantees)[number];

export const guarantees = ['platform', 'scheduler', 'sweep', 'post-step'] as const;

/** Report on the lease of one grant. */
export interface LeaseReport {
  /** Action of the step: it took a lease, left the access to others or to the cloud, or neither. */
  readonly did: 'took' | 'left' | 'neither';
  /** `shared` where there are other holders, `permanent` where permanent access was found or made. */
  readonly state: 'leased' | 'shared' | 'permanent';
  /** For `release` and `extend`; `null` where nothing is leased. */
  readonly id: string | null;
  /** End of the step's own lease, in milliseconds since the epoch; `null` where there is none. */
  readonly expiresAt: number | null;
  /** When the cloud ends it by itself if this job dies now, likewise; `null` where nothing does. */
  readonly endsAtLatest: number | null;
  /** `null` where nothing ends. */
  readonly guarantee: Guarantee | null;
  /** True if the lease outlives its job, until its end time. */
  readonly keepAfterJob: boolean;
  /** Sentences about other holders and what the outcome means. */
  readonly sentences: readonly string[];
}
