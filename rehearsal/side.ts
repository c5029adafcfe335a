import type { Buckets } from './buckets.ts';
import type { Estate } from './estate.ts';
import type { Issuer } from './github/issuer.ts';

/** What one cloud of a world is started with. */
export interface Setting<Options> {
  readonly estate: Estate;
  readonly issuer: Issuer;
  /** Those of all clouds. */
  readonly buckets: Buckets;
  readonly options: Options;
}

/** One cloud of a world, running. */
export interface Side<CloudWorld> {
  /** What tests and scenes see of it. */
  readonly world: CloudWorld;
  /** What every step needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The credentials and tokens issued so far. */
  secrets(): readonly string[];
  close(): Promise<void>;
}
