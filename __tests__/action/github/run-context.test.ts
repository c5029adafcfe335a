import { expect, test } from '@jest/globals';

import { readRunContext } from '../../../src/action/github/run-context.ts';

const variables = {
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'octocat',
  GITHUB_ACTOR_ID: '583231',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'o/r',
  GITHUB_REPOSITORY_ID: '42',
  GITHUB_RUN_ID: '7',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_RUN_NUMBER: '42',
  GITHUB_TRIGGERING_ACTOR: 'hubot',
  GITHUB_SHA: 'abc',
};

test('says which run this is', () => {
  expect(readRunContext(new Map(Object.entries(variables)), () => null)).toEqual({
    actor: 'octocat',
    actorId: '583231',
    triggeringActor: 'hubot',
    repository: 'github.example/o/r',
    runNumber: '42',
    attempt: '2',
    event: { name: 'push', onRunner: true, head: null, pushed: null },
    run: 'https://github.example/o/r/actions/runs/7/attempts/2',
    commit: 'abc',
    runName: '42-7-2',
  });
});

test('a runner that sets nothing is no error', () => {
  expect(readRunContext(new Map(), () => null)).toMatchObject({
    actor: '',
    event: { name: '', onRunner: false, head: null, pushed: null },
    run: expect.stringContaining('https://github.com/'),
  });
});

test('gh needs no host on github.com', () => {
  const there = { ...variables, GITHUB_SERVER_URL: 'https://github.com' };
  expect(readRunContext(new Map(Object.entries(there)), () => null).repository).toBe('o/r');
});
