import { apiAnswered, noTimeLeft, notReached } from '../messages/github.ts';
import { getOctokit } from '@actions/github';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';

import { left, type Budget, type Clock } from '#access/clock';
import type { Connections } from '#access/connections';
import type { Log } from '#access/tools';
import { perTryMs, TimedOut, withTimeout } from '#access/engine/aborting';
import { isShortWait, type HourlyBudget } from './hourly-budget.ts';

export interface RestTools {
  readonly clock: Clock;
  readonly log: Log;
  /** They follow no redirect, so that the token goes nowhere else. */
  readonly connections: Pick<Connections, 'send'>;
  /** Name and version, for the user agent. */
  readonly product: readonly [string, string];
  readonly hourly: HourlyBudget;
}

export interface RestAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/**
 * Asks one thing of GitHub's REST API, with few and short retries. A string says why there was no answer; rejects only
 * when the budget's signal is aborted. What the path template does not name goes into the query.
 */
export type RestGet = (
  path: string,
  parameters: Readonly<Record<string, string | number>>,
  budget: Budget,
) => Promise<RestAnswer | string>;

/** In characters. A page of 100 jobs with all of their steps may be longer than an ordinary answer. */
const longestAnswer = 8 * 1024 * 1024;

/** Further tries after a server's fault, after 1 s and 4 s; and after a short pause that GitHub asked for. */
const retries = 2;

/** A client's faults are final; pauses are the throttling plug-in's. */
const notRetried = [400, 401, 403, 404, 410, 422, 429, 451];

/** @param base such as `https://api.github.com`, without a slash at its end */
export function createRestGet(token: string, base: string, tools: RestTools): RestGet {
  const { clock, log: spoken, hourly, product } = tools;
  const mayWait = (seconds: number, _options: unknown, _octokit: unknown, tries: number): boolean => {
    const again = tries < retries && isShortWait(seconds);
    if (!again) hourly.paused();
    return again;
  };
  const say = (line: string): void => {
    spoken.debug(line);
  };
  const log = { debug: say, info: say, warn: say, error: say };
  const options = {
    baseUrl: base,
    userAgent: product.join('/'),
    log,
    request: { fetch: fetchThrough(tools), log },
    retry: { retries, doNotRetry: notRetried },
    throttle: { onRateLimit: mayWait, onSecondaryRateLimit: mayWait },
  };
  const octokit = getOctokit(token, options, retry, throttling);
  const headers = { 'x-github-api-version': '2022-11-28' };

  return async (path, parameters, budget) => {
    try {
      const answer = await withTimeout(left(budget, clock), clock, budget.signal, (signal) =>
        octokit.request({ method: 'GET', url: path, ...parameters, headers, request: { signal } }),
      );
      budget.onAnswer?.();
      return answer;
    } catch (error) {
      budget.signal.throwIfAborted();
      if (error instanceof TimedOut) return noTimeLeft;
      return responseOf(error) ?? notReached((error as Error).message);
    }
  };
}

/** Octokit's errors carry the answer where there was one. */
function responseOf(error: unknown): RestAnswer | null {
  return (error as { readonly response?: RestAnswer }).response ?? null;
}

interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The step's own connections in the shape that Octokit takes: proxies, trust and bounds are those of every request. */
function fetchThrough({
  clock,
  log,
  connections,
  hourly,
}: RestTools): (address: string, asked: Asked) => Promise<Response> {
  return async (address, { headers, signal: given }) => {
    const url = new URL(address);
    const began = clock.now();
    const request = { method: 'GET', url, headers, longestAnswer } as const;
    try {
      const answer = await withTimeout(perTryMs, clock, given, (signal) => connections.send(request, signal));
      log.debug(
        apiAnswered(
          url.pathname + url.search,
          answer.status,
          clock.now() - began,
          answer.headers['x-ratelimit-remaining'],
        ),
      );
      hourly.answered(answer.headers);
      return new Response(hasNoBody(answer.status) ? null : answer.body, answer);
    } catch (error) {
      // By this name Octokit knows what is not to be tried again.
      if (given?.aborted === true) throw Object.assign(new Error('stopped', { cause: error }), { name: 'AbortError' });
      throw error;
    }
  };
}

/** Source: Fetch Standard, null body status. */
function hasNoBody(status: number): boolean {
  return [101, 103, 204, 205, 304].includes(status);
}
