import type { Asker } from './jobs.ts';

const defaultApiUrl = 'https://api.github.com';

/** Where GitHub's REST API is. Source: GitHub Docs, default environment variables. */
export function readApiUrl(variables: ReadonlyMap<string, string>): string {
  return variables.get('GITHUB_API_URL') ?? defaultApiUrl;
}

/** This run, as whoever asks GitHub about jobs. @param token a secret, as the runner hands it over; empty for none */
export function readAsker(variables: ReadonlyMap<string, string>, token: string, apiUrl: string): Asker {
  const get = (name: string): string => variables.get(name) ?? '';
  return { token: token.trim(), apiUrl, repository: get('GITHUB_REPOSITORY'), runId: get('GITHUB_RUN_ID') };
}
