import { isLoopback } from '#access/endpoints';
import * as messages from '../messages/github.ts';
import { createHourlyBudget, type HourlyBudget } from './hourly-budget.ts';
import type { RestGet, RestTools } from './github-rest.ts';

/** The run that asks GitHub, and its token. */
export interface Asker {
  /** A secret; empty for none. */
  readonly token: string;
  /** GitHub's REST API: the runner's `GITHUB_API_URL`. */
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
}

export type AskerTools = Omit<RestTools, 'hourly'>;

/** A way to ask GitHub, and how many requests it still allows. */
export interface Rest {
  readonly get: RestGet;
  readonly hourly: HourlyBudget;
}

/** The reason why this run cannot ask GitHub, `null` where it can. */
export function faultIn({ token, apiUrl, repository, runId }: Asker): string | null {
  if (token === '') return messages.noToken;
  const url = URL.parse(apiUrl);
  if (url === null) return messages.apiUrlNotUrl;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    return messages.apiUrlNotHttps;
  return isRepository(repository) && isNumber(runId) ? null : messages.unknownRun;
}

/** Loads GitHub's client, a fifth of the whole action. A string says why that failed. */
export async function openRest({ token, apiUrl }: Asker, tools: AskerTools): Promise<Rest | string> {
  try {
    const { createRestGet } = await import('./github-rest.ts');
    const hourly = createHourlyBudget(tools.clock);
    return { get: createRestGet(token, apiUrl.replace(/\/+$/u, ''), { ...tools, hourly }), hourly };
  } catch (error) {
    // When it is loaded, @actions/github reads the file of the event, and throws if that is broken.
    return messages.clientNotLoaded((error as Error).message);
  }
}

/**
 * Asks about one repository. A string says why there was no answer: the connection, or GitHub's rate limit.
 *
 * @param repository `owner/name`; paths begin below it
 * @param answers statuses that are answers
 */
export function askAbout(repository: string, { get, hourly }: Rest, answers: readonly number[]): RestGet {
  const [owner = '', repo = ''] = repository.split('/');
  return async (path, parameters, budget) => {
    const barred = await hourly.turn(budget.signal);
    if (barred !== null) return barred;
    const answer = await get(`/repos/{owner}/{repo}${path}`, { owner, repo, ...parameters }, budget);
    if (typeof answer === 'string' || answers.includes(answer.status)) return answer;
    if (answer.status === 429) hourly.paused();
    // A refusal because of the rate limit looks like one because of a permission.
    return (await hourly.turn(budget.signal)) ?? answer;
  };
}

export function isNumber(text: string): boolean {
  return /^[1-9]\d{0,19}$/u.test(text);
}

function isRepository(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/u.test(text);
}
