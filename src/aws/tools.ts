import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Clock, Random } from '../access/clock.ts';
import type { IdentityTokens } from '../access/identity-token.ts';
import type { Log } from '../access/log.ts';

/** What the cloud is given from outside. */
export interface AwsTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tokens: IdentityTokens;
  /** Keeps a secret out of the log; called before the secret is used. */
  readonly mask: (secret: string) => void;
  /** Connections that honour the step's proxy settings. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** Name and version for the user agent, so that CloudTrail shows us. */
  readonly product: readonly [name: string, version: string];
}
