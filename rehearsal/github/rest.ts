import { randomUUID } from 'node:crypto';

import { jobToken, type RunContext } from '../runner/context.ts';
import type { Answer, Dialect, ReceivedRequest, Serving } from '../serving/dialect.ts';
import { serve } from '../serving/serve.ts';
import { makeHours } from './hours.ts';
import { answerOf, routeOf, type Route } from './routes.ts';
import { makeRuns, type Standing } from './runs.ts';
import { makeTokens, type TokenOptions } from './tokens.ts';

/** GitHub's REST API, as tests and scenes see it. */
export interface GitHubWorld {
  /** Its address: GITHUB_API_URL of every step. */
  readonly url: string;
  /** A new GITHUB_TOKEN. Each step finds one as `github.token` already: of the estate's repository, with `actions: read`. */
  token(options?: TokenOptions): string;
  /** Changes what a token may do from now on; default the one that steps find. */
  allow(actions: 'read' | 'none', token?: string): void;
  /** A job that no step of the rehearsal runs; those that one runs are announced by themselves. Both are in progress. */
  announce(context: RunContext): void;
  /** From now on an announced job stands so. */
  stand(checkRunId: string, standing: Standing): void;
  /** A run is deleted: GitHub knows it and its jobs no more. */
  forget(runId: string): void;
  /** So many requests are left to a repository's tokens, for so long; default the estate's, an hour. */
  leave(requests: number, forMs?: number, repository?: string): void;
}

export interface GitHubSide {
  readonly world: GitHubWorld;
  secrets(): readonly string[];
  close(): Promise<void>;
}

/** @param own the estate's repository, `owner/name` */
export async function startRest(serving: Serving, own: string): Promise<GitHubSide> {
  const now = (): number => serving.clock.now();
  const [runs, tokens, hours] = [makeRuns(now), makeTokens(own, now), makeHours(now)];
  tokens.issue({}, jobToken);

  const answer = (request: ReceivedRequest, route: Route | null): Answer => {
    if ((request.headers['user-agent'] ?? '') === '') return refusal(403, 'Request forbidden by administrative rules.');
    const authorization = request.headers['authorization'];
    // Who says nothing about itself sees public repositories only, and there are none.
    if (authorization === undefined) return refusal(404, 'Not Found');
    const token = tokens.presented(authorization);
    if (token === undefined) return refusal(401, 'Bad credentials');
    const { isOver, headers } = hours.count(token.repository);
    if (isOver) return refusal(403, 'API rate limit exceeded for installation ID 48120001.', headers);
    if (route === null || !isSame(route.repository(runs), token.repository)) return refusal(404, 'Not Found', headers);
    if (token.actions === 'none') {
      const accepted = { ...headers, 'x-accepted-github-permissions': 'actions=read' };
      return refusal(403, 'Resource not accessible by integration', accepted);
    }
    const found = answerOf(route, token.repository, runs, { api: server.url, web: 'https://github.com' });
    return found === null ? refusal(404, 'Not Found', headers) : ok(found.body, { ...headers, ...found.headers });
  };

  const dialect: Dialect = {
    entry: (request) => {
      const route = routeOf(request);
      return {
        service: 'github',
        operation: route?.operation ?? 'unknown',
        region: '',
        requestId: randomUUID(),
        url: request.url,
        body: route?.parameters ?? {},
      };
    },
    handle: (request) => answer(request, routeOf(request)),
    refuse: (_entry, effect) => {
      switch (effect.kind) {
        case 'throttle':
          return refusal(
            403,
            'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
            effect.retryAfterSeconds === undefined ? {} : { 'retry-after': String(effect.retryAfterSeconds) },
          );
        case 'conflict':
          return refusal(409, 'Conflict');
        case 'error':
          return { ...refusal(effect.status, effect.message ?? effect.code), code: effect.code };
      }
    },
  };

  const server = await serve(serving, dialect);
  return {
    secrets: () => tokens.secrets(),
    close: () => server.close(),
    world: {
      url: server.url,
      token: (options) => tokens.issue(options),
      allow: (actions, token = jobToken) => {
        tokens.allow(token, actions);
      },
      announce: (context) => {
        runs.announce(context);
      },
      stand: (checkRunId, standing) => {
        runs.stand(checkRunId, standing);
      },
      forget: (runId) => {
        runs.forget(runId);
      },
      leave: (requests, forMs, repository = own) => {
        hours.leave(repository, requests, forMs);
      },
    },
  };
}

function isSame(one: string | null, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

const ordinary = { 'content-type': 'application/json; charset=utf-8', 'x-github-media-type': 'github.v3; format=json' };

function ok(body: unknown, headers: Readonly<Record<string, string>>): Answer {
  return { status: 200, headers: { ...ordinary, ...headers }, body: JSON.stringify(body) };
}

/** Source of the messages: answers quoted in KnpLabs/php-github-api#1070 (limits) and taiki-e/create-gh-release-action#13. */
function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { ...ordinary, ...headers },
    body: JSON.stringify({ message, documentation_url: 'https://docs.github.com/rest', status: String(status) }),
    code: String(status),
  };
}
