import type { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { Clock } from '../access/clock.ts';

/**
 * AWS's clock, as the Date headers of its answers show it: `CreatedDate` of an operation is read by it, and a runner's
 * own clock may be minutes off.
 */
export interface ServerTime {
  /** Reads the Date header of every answer that this client gets. */
  watch(client: SSOAdminClient): SSOAdminClient;
  /** A time on our clock, as AWS's clock had it, in milliseconds since the epoch. */
  at(ours: number): number;
}

export function trackServerTime(clock: Clock): ServerTime {
  let ahead = 0;
  return {
    watch(client) {
      client.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          const date = Date.parse(dateHeader(result.response) ?? '');
          if (!Number.isNaN(date)) ahead = date - clock.now();
          return result;
        },
        { step: 'deserialize', name: 'cloudAccessServerTime', priority: 'low' },
      );
      return client;
    },
    at: (ours) => ours + ahead,
  };
}

function dateHeader(response: unknown): string | undefined {
  return (response as { headers?: Readonly<Record<string, string>> } | undefined)?.headers?.['date'];
}
