import { describe, expect, test } from '@jest/globals';

import type { Operation } from '../../src/access/cloud.ts';
import type { Result } from '../../src/access/outcome.ts';
import { setFault, setOutputs, setRefused, startedOutputs } from '../../src/action/outputs.ts';
import { toRecord } from '../../src/action/results.ts';
import { useGitHub } from './github.ts';
import { assignment, failed, inProgress, resultOf, succeeded, unchanged } from './results.ts';

const github = useGitHub();

const elsewhere = { grant: { ...assignment, target: { id: '999999999999', name: null } } };
const set = (...results: readonly Result[]): Readonly<Record<string, string>> => {
  setOutputs(results, results.map(toRecord), '/tmp/results.json');
  return github.outputs();
};

describe('setOutputs', () => {
  test('one grant: every output', () => {
    const outputs = set(resultOf(succeeded));
    expect(outputs).toMatchObject({
      status: 'SUCCEEDED',
      changed: 'true',
      'request-id': 'req-1',
      'assignment-id': '',
      'principal-id': 'g-1',
      'principal-type': 'GROUP',
      'role-id': 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
      'target-id': '012345678901',
      'failure-reason': '',
      'results-file': '/tmp/results.json',
    });
    expect(JSON.parse(outputs['results'] ?? '')).toEqual([toRecord(resultOf(succeeded))]);
  });

  test('an assignment that has an id, and a principal whose type only the cloud told', () => {
    const grant = { ...assignment, principal: { ...assignment.principal, type: null } };
    const seen = { assignmentId: '/assignments/a-1', principalType: 'Group' };
    const outputs = set(resultOf(succeeded, { grant, seen }));
    expect(outputs).toMatchObject({ 'assignment-id': '/assignments/a-1', 'principal-type': 'Group' });
    expect(JSON.parse(outputs['results'] ?? '')).toMatchObject([
      { 'assignment-id': '/assignments/a-1', 'principal-type': 'Group' },
    ]);
  });

  test.each([
    ['failed', failed],
    ['in progress', inProgress],
    ['unchanged', unchanged],
  ] as const)('the id of an assignment that was seen is told where it is %s, too', (_what, outcome) => {
    const seen = { assignmentId: '/assignments/a-1', principalType: null };
    expect(set(resultOf(outcome, { seen }))).toMatchObject({
      'assignment-id': '/assignments/a-1',
      'principal-type': 'GROUP',
    });
  });

  test('several grants: the worst status, all ids, and single values only where all agree', () => {
    expect(set(resultOf(succeeded), resultOf(failed, elsewhere), resultOf(inProgress))).toMatchObject({
      status: 'FAILED',
      changed: 'true',
      'request-id': 'req-1\nreq-3\nreq-2',
      'target-id': '',
      'principal-id': 'g-1',
      'failure-reason': 'the USER assignee was not found\nthe time limit passed',
    });
  });

  test('nothing changed is changed: false', () => {
    expect(set(resultOf(unchanged), resultOf(failed))).toMatchObject({ changed: 'false', 'request-id': 'req-3' });
  });

  test('results stay empty above 256 KiB, counted in bytes', () => {
    const long = { ...failed, reason: 'ä'.repeat(100_000) };
    expect(set(resultOf(long))['results']).not.toBe('');
    github.clear();
    expect(set(resultOf(long), resultOf(long))['results']).toBe('');
  });

  test('hostile text in a value cannot become another output', () => {
    const hostile = { ...failed, reason: 'no\nstatus=SUCCEEDED\nstatus<<EOF\nSUCCEEDED\nEOF' };
    expect(set(resultOf(hostile))).toMatchObject({ status: 'FAILED', 'failure-reason': hostile.reason });
  });
});

const operation: Operation = {
  change: { kind: 'create', grant: assignment, seen: null },
  requestId: 'req-1',
  call: 'Start',
  assignmentId: null,
  state: 'IN_PROGRESS',
};

describe('startedOutputs', () => {
  test('leaves status and ids behind as soon as they are known', () => {
    const onStarted = startedOutputs();
    onStarted(operation);
    expect(github.outputs()).toEqual({ status: 'IN_PROGRESS', 'request-id': 'req-1' });
    onStarted({ ...operation, requestId: 'req-2' });
    expect(github.outputs()).toEqual({ status: 'IN_PROGRESS', 'request-id': 'req-1\nreq-2' });
  });

  test('leaves the id of the assignment behind, where there is one: a step that is killed can be taken back', () => {
    startedOutputs()({ ...operation, state: 'SUCCEEDED', assignmentId: '/assignments/a-1' });
    expect(github.outputs()).toEqual({
      status: 'IN_PROGRESS',
      'request-id': 'req-1',
      'assignment-id': '/assignments/a-1',
    });
  });
});

describe('setFault', () => {
  test('sets status and reason and nothing else', () => {
    setFault('One input is wrong.');
    expect(github.outputs()).toEqual({ status: 'FAILED', 'failure-reason': 'One input is wrong.' });
  });
});

describe('setRefused', () => {
  test('says that nothing was changed, and where the record of that lies', () => {
    setRefused('No group is named "x".', '/tmp/results.json');
    expect(github.outputs()).toEqual({
      status: 'FAILED',
      'failure-reason': 'No group is named "x".',
      changed: 'false',
      results: '[]',
      'results-file': '/tmp/results.json',
    });
  });
});
