import type { Buckets } from './buckets.ts';
import type { Estate } from './estate.ts';
import type { Issuer } from './github/issuer.ts';

/** Options at the start of one cloud of a world. */
export interface Setting<Options> {
  readonly estate: Estate;
  readonly issuer: Issuer;
  /** Those of all clouds. */
  readonly buckets: Buckets;
  readonly options: Options;
}

/** One cloud of a world, running. */
export interface Side<CloudWorld> {
  /** Its interface for tests and scenes. */
  readonly world: CloudWorld;
  /** Environment of every step. */
  readonly env: Readonly<Record<string, string>>;
  /** The credentials and tokens issued so far. */
  secrets(): readonly string[];
  close(): Promise<void>;
}
