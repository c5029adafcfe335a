import { describe, expect, test } from '@jest/globals';

import type { Line } from '../../../src/access/request.ts';
import { faultsOf, good, names, read } from '../small-clouds.ts';

const texts = (lines: readonly Line[]): readonly string[] => lines.map(({ text }) => text);

describe('several lines', () => {
  test('are all taken, in their order, the same one once', () => {
    const { request } = read({
      ...good,
      principal: 'alice\n\n bob \nalice',
      target: 'here\r\nthere\rhere',
      role: 'reader\nwriter\n reader ',
    });
    expect(texts(request.principals)).toEqual(['alice', 'bob']);
    expect(texts(request.targets)).toEqual(['here', 'there']);
    expect(texts(request.roles)).toEqual(['reader', 'writer']);
    expect(request.exclusions).toEqual([]);
  });

  test('are read as their operation has them', () => {
    const { request } = read({ ...good, principal: '', operation: 'provision', target: 'here\n!there' });
    expect(request).toMatchObject({
      principals: [],
      targets: [{ kind: 'provision' }],
      exclusions: [{ kind: 'excluded' }],
      roles: [{ kind: 'provision-role' }],
    });
  });

  test('each bad one is a fault of its own', () => {
    const faults = faultsOf({ ...good, target: 'bad a\nhere\nbad b', role: 'bad c\nbad d' });
    expect(faults.map(({ problem }) => problem)).toEqual([
      '"bad a" is nowhere',
      '"bad b" is nowhere',
      '"bad c" is nothing',
      '"bad d" is nothing',
    ]);
  });
});

describe('exclusions', () => {
  test('are the lines of target that begin with "!", in any place', () => {
    const { request } = read({ ...good, target: '!not here\nhere\n! not there \n!not here\nthere' });
    expect(texts(request.targets)).toEqual(['here', 'there']);
    expect(texts(request.exclusions)).toEqual(['not here', 'not there']);
  });

  test('that exclude nothing are a fault', () => {
    for (const target of ['here\n!', 'here\n ! ']) {
      expect(faultsOf({ ...good, target })).toEqual([
        { input: 'target', problem: 'A "!" excludes nothing.', example: 'cloud nine\n!cloud ten' },
      ]);
    }
  });

  test('with nothing to exclude from are a fault', () => {
    expect(faultsOf({ ...good, target: '!here\n!there' })).toEqual([
      {
        input: 'target',
        problem: 'This input has exclusions only: there is nothing to exclude from.',
        example: 'cloud nine\n!cloud ten',
      },
    ]);
  });

  test('with wrong grammar are the fault that the cloud reports', () => {
    expect(faultsOf({ ...good, target: 'here\n!bad place' })).toMatchObject([
      { input: 'target', problem: '"!bad place" is nowhere' },
    ]);
    expect(faultsOf({ ...good, target: 'here\n!bad $$ $&' })).toMatchObject([{ problem: '"!bad $$ $&" is nowhere' }]);
  });

  test.each(['principal', 'role'])('of a %s are a fault', (input) => {
    expect(faultsOf({ ...good, [input]: 'alice\n!bob' })).toEqual([
      { input, problem: '"!bob" is an exclusion. Only target has exclusions.', example: expect.any(String) },
    ]);
  });
});

test('of an unknown cloud, only missing inputs are reported', () => {
  expect(names(faultsOf({ ...good, cloud: 'moon', role: 'bad one', target: '!bad' }))).toEqual(['cloud']);
  expect(names(faultsOf({ cloud: 'moon', operation: 'provision' }))).toEqual(['cloud', 'role', 'target']);
});
