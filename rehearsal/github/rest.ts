import { randomUUID } from 'node:crypto';

import { jobToken, type RunContext } from '../runner/context.ts';
import type { Answer, Dialect, ReceivedRequest, Serving } from '../serving/dialect.ts';
import { serve } from '../serving/serve.ts';
import type { Found, Known, Refused } from './endpoints/endpoint.ts';
import { makeHours } from './hours.ts';
import { makePeople, type People } from './people.ts';
import { makeRepository } from './repository/initial.ts';
import { repositoryWorld } from './repository/make-world.ts';
import type { RepositoryWorld } from './repository/world.ts';
import { routeOf, type Route } from './routes.ts';
import { makeRuns, type Standing } from './runs.ts';
import { makeTokens, type Allowed, type TokenOptions } from './tokens.ts';

/** GitHub's REST API, as tests and scenes see it. */
export interface GitHubWorld {
  /** Its address: GITHUB_API_URL of every step. */
  readonly url: string;
  /** The accounts: octocat and GitHub's own at the start, and every actor of a run. */
  readonly people: People;
  /** The estate's repository. Its default branch has one commit at the start, the SHA of runs that name no other. */
  readonly repository: RepositoryWorld;
  /** A new GITHUB_TOKEN. Each step finds one as `github.token` already: of the estate's repository, and it may read all. */
  token(options?: TokenOptions): string;
  /** Changes a token's permissions from now on; default the one that steps find. */
  allow(allowed: Allowed, token?: string): void;
  /** From now on an Enterprise Server of a version that does not have these endpoints, by their names in the journal. */
  lack(...operations: readonly string[]): void;
  /** A job that no step of the rehearsal runs; those that one runs are announced by themselves. Both are in progress. */
  announce(context: RunContext): void;
  /** Sets the state of an announced job from now on. */
  stand(checkRunId: string, standing: Standing): void;
  /** Deletes a run: GitHub no longer has it and its jobs. */
  forget(runId: string): void;
  /** Sets the number of remaining requests of a repository's tokens, for a time; default the estate's, an hour. */
  leave(requests: number, forMs?: number, repository?: string): void;
}

export interface GitHubSide {
  readonly world: GitHubWorld;
  secrets(): readonly string[];
  close(): Promise<void>;
}

/** @param context of a run of the estate's repository that says nothing of its own */
export async function startRest(serving: Serving, context: RunContext): Promise<GitHubSide> {
  const own = context.repository;
  const now = (): number => serving.clock.now();
  const [runs, tokens, hours] = [makeRuns(now), makeTokens(own, now), makeHours(now)];
  const [people, state] = [makePeople(), makeRepository(context, now())];
  const lacking = new Set<string>();
  tokens.issue({}, jobToken);
  const world = repositoryWorld(state, people, runs, now, context);

  const announce = (run: RunContext): void => {
    runs.announce(run);
    for (const [login, id] of [
      [run.actor, run.actorId],
      [run.triggeringActor, run.triggeringActorId],
    ] as const)
      if (
        login !== undefined &&
        id !== undefined &&
        people.withId(Number(id)) === undefined &&
        people.find(login) === undefined
      )
        people.add(login, { id: Number(id) });
    if (!isSame(run.repository, own)) return;
    if (!state.workflows.has(run.workflowPath))
      world.workflow(run.workflowPath.split('/').at(-1) ?? '', { name: run.workflow });
    // The first job that names an environment makes it, without rules (docs/design/github.md#environments).
    if (run.environment !== null && !state.environments.has(run.environment.toLowerCase()))
      world.environment(run.environment);
  };

  const knownOf = (repository: string): Known => {
    const others = { ...context, repository, repositoryId: runs.idOf(repository) ?? '' };
    const shown = repository === '' || isSame(repository, own) ? state : makeRepository(others, now());
    return { state: shown, people, runs, addresses: { api: server.url, web: 'https://github.com' }, now };
  };

  const answer = (request: ReceivedRequest, route: Route | null): Answer => {
    if ((request.headers['user-agent'] ?? '') === '') return refusal(403, 'Request forbidden by administrative rules.');
    const authorization = request.headers['authorization'];
    // A request without a token sees public repositories only, and there are none.
    if (authorization === undefined) return refusal(404, 'Not Found');
    const token = tokens.presented(authorization);
    if (token === undefined) return refusal(401, 'Bad credentials');
    const { isOver, headers } = hours.count(token.repository);
    if (isOver) return refusal(403, 'API rate limit exceeded for installation ID 48120001.', headers);
    if (route === null) return refusal(404, 'Not Found', headers);
    if (lacking.has(route.endpoint.operation)) return refusal(404, 'Not Found', headers, enterprise);
    const repository = route.repository(knownOf(''));
    if (repository === null || (repository !== '' && !isSame(repository, token.repository)))
      return refusal(404, 'Not Found', headers);
    const { permission } = route.endpoint;
    if (permission !== null && token.permissions[permission] === 'none') {
      const accepted = { ...headers, 'x-accepted-github-permissions': `${permission.replace('-', '_')}=read` };
      return refusal(403, 'Resource not accessible by integration', accepted);
    }
    const found = route.endpoint.answer(route.call(knownOf(repository), repository));
    return found === null ? refusal(404, 'Not Found', headers) : answered(found, headers);
  };

  const dialect: Dialect = {
    entry: (request) => {
      const route = routeOf(request);
      return {
        service: 'github',
        operation: route?.endpoint.operation ?? 'unknown',
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
      people,
      repository: world,
      allow: (allowed, token = jobToken) => {
        tokens.allow(token, allowed);
      },
      lack: (...operations) => {
        for (const operation of operations) lacking.add(operation);
      },
      announce,
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

function answered(found: Found | Refused, headers: Readonly<Record<string, string>>): Answer {
  if ('status' in found) return refusal(found.status, found.message, headers);
  const { body, contentType } = found;
  const all = { ...ordinary, ...headers, ...found.headers };
  if (contentType !== undefined)
    return { status: 200, headers: { ...all, 'content-type': contentType }, body: String(body) };
  return { status: 200, headers: all, body: JSON.stringify(body) };
}

const documents = 'https://docs.github.com/rest';
const enterprise = 'https://docs.github.com/enterprise-server@3.14/rest';

/** Source of the messages: answers quoted in KnpLabs/php-github-api#1070 (limits) and taiki-e/create-gh-release-action#13. */
function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  documentation_url = documents,
): Answer {
  return {
    status,
    headers: { ...ordinary, ...headers },
    body: JSON.stringify({ message, documentation_url, status: String(status) }),
    code: String(status),
  };
}
