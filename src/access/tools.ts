import type { Clock, Random } from './clock.ts';
import type { Connections } from './connections.ts';
import type { IdentityTokens } from './identity-token.ts';
import type { Liveness, Origin } from './leases/liveness.ts';

/** The tools that a cloud gets from outside. */
export interface CloudTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tokens: IdentityTokens;
  /**
   * Until when a sign-in that begins now is tried again whatever the answer, in milliseconds since the epoch; `null` in a
   * step that ends no access: there a refusal is final.
   */
  readonly signInUntil: (() => number) | null;
  /** Keeps a secret out of the log; called before the secret is used. */
  readonly mask: (secret: string) => void;
  readonly connections: Connections;
  /** The most requests a second against any one of the cloud's quotas, `null` for the quota itself. */
  readonly requestsPerSecond: number | null;
  /** Whose step this is, for the records of leases. */
  readonly origin: Origin;
  /** Answers whether the jobs that records name have ended. */
  readonly liveness: Liveness;
  /** Bytes that are impossible to guess. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Name and version for the user agent, so that the cloud’s own audit log shows us. */
  readonly product: readonly [name: string, version: string];
}

/** The log of the domain. Lines are plain text; the implementation makes foreign text harmless. */
export interface Log {
  info(line: string): void;
  /** An annotation of what is as it should be, and that a person should see. */
  notice(line: string): void;
  warning(line: string): void;
  /** Lines that belong together, folded under a title. */
  group(title: string, lines: readonly string[]): void;
  /** Shown only when the runner's debug log is on. */
  debug(line: string): void;
}
