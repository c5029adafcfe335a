import { describe, expect, test } from '@jest/globals';

import { readRunContext } from '../../../src/action/github/run-context.ts';

const variables = new Map(
  Object.entries({
    GITHUB_ACTOR: 'octocat',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: '/event.json',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_REPOSITORY_ID: '42',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_SHA: 'abc',
  }),
);
const context = (event: unknown, name = 'pull_request') =>
  readRunContext(new Map([...variables, ['GITHUB_EVENT_NAME', name]]), (path) =>
    path === '/event.json' ? (typeof event === 'string' ? event : JSON.stringify(event)) : null,
  );
const pull = (head: unknown, base: unknown = { repo: { id: 1, fork: false } }) => ({
  pull_request: { head: { repo: head }, base },
});

describe('readRunContext', () => {
  test('says which run this is', () => {
    expect(context({})).toEqual({
      actor: 'octocat',
      event: 'pull_request',
      run: 'https://github.example/o/r/actions/runs/7/attempts/2',
      commit: 'abc',
      runName: '42-7-2',
      fork: false,
    });
  });

  test('a pull request from a fork is one', () => {
    expect(context(pull({ id: 2, fork: true })).fork).toBe(true);
  });

  test('of the events about pull requests only pull_request_target gives that of a fork an ID token', () => {
    const fork = pull({ id: 2, fork: true });
    expect(context(fork, 'pull_request_review').fork).toBe(true);
    expect(context(fork, 'pull_request_target').fork).toBe(false);
  });

  test('a pull request within the repository is none, also where the repository is itself a fork', () => {
    expect(context(pull({ id: 1, fork: false })).fork).toBe(false);
    expect(context(pull({ id: 1, fork: true }, { repo: { id: 1, fork: true } })).fork).toBe(false);
  });

  test.each([
    '',
    'no JSON',
    'null',
    '[]',
    '{"pull_request":null}',
    '{"pull_request":{"head":null}}',
    '{"pull_request":{"head":{"repo":null}}}',
  ])('an event %j is no fork and no error', (event) => {
    expect(context(event).fork).toBe(false);
  });

  test('a missing event file is no error', () => {
    expect(readRunContext(new Map(), () => null)).toMatchObject({
      actor: '',
      fork: false,
      run: expect.stringContaining('https://github.com/'),
    });
  });
});
