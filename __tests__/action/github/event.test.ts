import { describe, expect, test } from '@jest/globals';

import { readEvent } from '../../../src/action/github/event.ts';

const variables = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: '/event.json', GITHUB_REPOSITORY_ID: '42' };

function headOf(payload: unknown, own = variables) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return readEvent(new Map(Object.entries(own).filter(([, value]) => value !== '')), (path) =>
    path === '/event.json' ? text : null,
  ).head;
}

const pull = (head: unknown, repository?: unknown) => ({ repository, pull_request: { head: { repo: head } } });

describe('the head of a pull request', () => {
  test('is here where its repository has the ID of this one, whether or not that is itself a fork', () => {
    expect(headOf(pull({ id: 42 }))).toBe('here');
    expect(headOf(pull({ id: 42, fork: true }, { id: 42, fork: true }))).toBe('here');
  });

  test("is compared with the payload's own repository too, and only with that where the runner names no ID", () => {
    const unnamed = { ...variables, GITHUB_REPOSITORY_ID: '' };
    expect(headOf(pull({ id: 42 }, { id: 42 }), unnamed)).toBe('here');
    expect(headOf(pull({ id: 42 }, { id: 41 }))).toBe('elsewhere');
    expect(headOf(pull({ id: 42 }), unnamed)).toBe('elsewhere');
  });

  test.each([
    ['another repository', { id: 2 }],
    ['one of the same name', { id: 2, full_name: 'o/r', name: 'r' }],
    ['a fork that was deleted', null],
    ['one without an id', {}],
    ['an id that is no number', { id: '42' }],
    ['an invalid ID', { id: null }],
    ['a fraction', { id: 42.5 }],
  ])('is elsewhere where it is %s', (_, repo) => {
    expect(headOf(pull(repo))).toBe('elsewhere');
  });

  test.each(['', 'no JSON', 'null', '7', '[]', '{"pull_request":null}', '{"pull_request":{"head":null}}'])(
    'is not known from %j',
    (payload) => {
      expect(headOf(payload)).toBeNull();
    },
  );
});
