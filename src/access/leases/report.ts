/**
 * Who ends access if the job that leased it dies now: the cloud's own clock on the grant, its scheduler, the next sweep,
 * or nobody but the post step.
 */
export type Guarantee = (typeof guarantees)[number];

export const guarantees = ['platform', 'scheduler', 'sweep', 'post-step'] as const;

/** What is to be told of one grant's lease. */
export interface LeaseReport {
  /** What the step did: it took a lease, left the access to others or to what ends it, or neither of them. */
  readonly did: 'took' | 'left' | 'neither';
  /** `shared` where others hold it too, `permanent` where access without an end was found or made. */
  readonly state: 'leased' | 'shared' | 'permanent';
  /** For `release` and `extend`; `null` where nothing is leased. */
  readonly id: string | null;
  /** One's own end, in milliseconds since the epoch; `null` where there is none. */
  readonly expiresAt: number | null;
  /** When the cloud ends it by itself if this job dies now, likewise; `null` where nothing does. */
  readonly endsAtLatest: number | null;
  /** `null` where nothing ends. */
  readonly guarantee: Guarantee | null;
  /** Whether it runs to its end although the job has ended. */
  readonly keepAfterJob: boolean;
  /** Sentences: who else holds it and until when, what it means. */
  readonly sentences: readonly string[];
}
