import { canceledBy } from './action/messages/failures.ts';
import { randomBytes } from 'node:crypto';
import type { Budget } from '#access/clock';
import type { Connections } from '#access/connections';
import { Cancelled } from '#access/errors';
import type { IdentityTokens } from '#access/identity-token';
import type { Liveness, Origin } from '#access/leases/liveness';
import type { CloudTools } from '#access/tools';
import type { Asker } from './action/github/asker.ts';
import type { Repository } from './action/github/repository.ts';
import { createTokenMint, type TokenMint, type TokenSource } from './action/github/id-token.ts';
import { log } from './action/log.ts';
import { mask } from './action/secrets.ts';
import { systemClock as clock } from './system-clock.ts';

/** The version of this action, kept in step with package.json by a test. */
export const version = '1.0.0';

const random = Math.random;

/** Tools of main and post: the machine's clock and randomness, and the step's log. */
export const machine = { clock, random, log } as const;

const product: CloudTools['product'] = ['cloud-access', version];

/** Time limit of signing in, in milliseconds. */
export const signInMs = 2 * 60_000;

/** Requests the first token while the cloud's clients load; `null` where signing in needs none. */
export function openMint(
  source: TokenSource | null,
  audience: string | null,
  connections: Connections,
  signal: AbortSignal,
): TokenMint | null {
  if (source === null) return null;
  const mint = createTokenMint(source, { clock, random, log, mask, connections });
  const budget: Budget = { until: clock.now() + signInMs, signal };
  if (audience !== null) mint.prefetch(audience, budget);
  return mint;
}

/** Answers whether a job has ended; loaded by the first question. */
export function openLiveness(asker: Asker, connections: Connections): Liveness {
  let opened: Promise<Liveness> | null = null;
  const open = async (): Promise<Liveness> => {
    const { createLiveness } = await import('./action/github/jobs.ts');
    return createLiveness(asker, { clock, log, mask, connections, product });
  };
  return { states: async (jobs, budget) => (await (opened ??= open())).states(jobs, budget) };
}

/** Opens this repository at GitHub once for all proofs of a step. The first proof loads the code for it. */
export function openRepository(asker: Asker, connections: Connections): () => Promise<Repository> {
  let opened: Promise<Repository> | null = null;
  const open = async (): Promise<Repository> => {
    mask(asker.token);
    const { createRepository } = await import('./action/github/repository.ts');
    return createRepository(asker, { ...machine, connections, product });
  };
  return () => (opened ??= open());
}

const noTokens: IdentityTokens = {
  mint: () => Promise.reject(new TypeError('this sign-in takes no ID token')),
};

export function cloudTools(
  tokens: IdentityTokens | null,
  connections: Connections,
  origin: Origin,
  liveness: Liveness,
  requestsPerSecond: number | null,
  signInUntil: CloudTools['signInUntil'],
): CloudTools {
  return {
    clock,
    random,
    randomBytes,
    log,
    tokens: tokens ?? noTokens,
    signInUntil,
    mask,
    connections,
    requestsPerSecond,
    origin,
    liveness,
    product,
  };
}

/**
 * The runner cancels with SIGINT, 7.5 s later SIGTERM, 2.5 s later it kills. Either signal stops the waiting:
 * the step reports what is in flight, sends no more requests, and ends by itself.
 */
export function cancelOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort(new Cancelled(canceledBy(name)));
    });
  }
  return controller.signal;
}
