import { describe, expect, test } from '@jest/globals';

import type { Operation } from '../../../src/access/cloud.ts';
import type { Result } from '../../../src/access/outcome.ts';
import { setFault, setOutputs, setPlan, setRefused, startedOutputs } from '../../../src/action/report/outputs.ts';
import { toRecord } from '../../../src/action/report/results.ts';
import { useGitHub } from '../github/github.ts';
import { assignment, failed, inProgress, lease, resultOf, succeeded, unchanged } from './results.ts';

const github = useGitHub();

const elsewhere = { grant: { ...assignment, target: { id: '999999999999', name: null } } };
const noPlan = { file: '', markdown: '', digest: '' };
const set = (...results: readonly Result[]): Readonly<Record<string, string>> => {
  setOutputs(results, results.map(toRecord), '/tmp/results.json', noPlan, null, '');
  return github.outputs();
};

describe('setOutputs', () => {
  test('a failure apart from the results makes the status FAILED, and is the first reason', () => {
    const lack = { title: 'A part is gone', reason: 'Of 3 grants 1 is gone.', hint: 'Look.' };
    const results = [resultOf(succeeded), resultOf(failed)];
    setOutputs(results, results.map(toRecord), '', noPlan, lack, '');
    expect(github.outputs()).toMatchObject({
      status: 'FAILED',
      'failure-reason': `Of 3 grants 1 is gone.\n${failed.reason}`,
    });
    setOutputs([resultOf(succeeded)], [toRecord(resultOf(succeeded))], '', noPlan, lack, '');
    expect(github.outputs()).toMatchObject({ status: 'FAILED', 'failure-reason': 'Of 3 grants 1 is gone.' });
  });

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

  test('an assignment with an ID, and a principal whose type only the cloud reports', () => {
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
  ] as const)('the ID of an assignment that was read is an output where it is %s, too', (_what, outcome) => {
    const seen = { assignmentId: '/assignments/a-1', principalType: null };
    expect(set(resultOf(outcome, { seen }))).toMatchObject({
      'assignment-id': '/assignments/a-1',
      'principal-type': 'GROUP',
    });
  });

  test('a lease: its ID, its ends and its guarantee', () => {
    expect(set(resultOf(succeeded, { lease }))).toMatchObject({
      'lease-id': 'lease-1',
      'lease-state': 'leased',
      'expires-at': '2026-03-04T07:06:00Z',
      'ends-at-latest': '2026-03-04T07:06:00Z',
      'expiry-guarantee': 'scheduler',
    });
    const names = ['lease-id', 'lease-state', 'expires-at', 'ends-at-latest', 'expiry-guarantee'];
    const without = set(resultOf(succeeded));
    expect(names.map((name) => without[name])).toEqual(['', '', '', '', '']);
  });

  test('several leases: their common values, and the one ID of the step in every case', () => {
    const longer = { ...lease, endsAtLatest: Date.parse('2026-03-04T09:00:00Z') };
    expect(set(resultOf(succeeded, { lease }), resultOf(succeeded, { ...elsewhere, lease: longer }))).toMatchObject({
      'lease-id': 'lease-1',
      'lease-state': 'leased',
      'expires-at': '2026-03-04T07:06:00Z',
      'ends-at-latest': '',
      'expiry-guarantee': 'scheduler',
    });
    expect(set(resultOf(succeeded, { lease }), resultOf(failed, elsewhere))).toMatchObject({
      'lease-id': 'lease-1',
      'lease-state': '',
      'expiry-guarantee': '',
    });
    const other = { ...lease, id: 'lease-2' };
    expect(set(resultOf(succeeded, { lease }), resultOf(succeeded, { ...elsewhere, lease: other }))).toMatchObject({
      'lease-id': '',
      'lease-state': 'leased',
    });
  });

  test('several grants: the worst status, all IDs, and single values only where all agree', () => {
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

describe('failure-reason', () => {
  const reasons = (...texts: readonly string[]): string =>
    set(...texts.map((reason) => resultOf({ ...failed, reason })))['failure-reason'] ?? '';

  test('has each reason once', () => {
    expect(reasons('a', 'b', 'a', 'a')).toBe('a\nb');
  });

  test('is limited to whole reasons, and shows how many more there are', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `${index} ${'ä'.repeat(100)}`);
    const lines = reasons(...many).split('\n');
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(64 * 1024 + 20);
    expect(lines.slice(0, -1)).toEqual(many.slice(0, lines.length - 1));
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.at(-1)).toBe(`and ${1_000 - lines.length + 1} more`);
  });

  test('begins with the first one, of any length, and splits no character', () => {
    const cut = reasons(`x${'😀'.repeat(100_000)}`, 'b');
    expect(cut).toMatch(/^x(?:😀)+…\nand 1 more$/u);
    expect(Buffer.byteLength(cut)).toBeLessThan(64 * 1024);
  });

  test('of input faults is limited too', () => {
    setFault(Array.from({ length: 5_000 }, (_, index) => `fault ${index} of the inputs`).join('\n'), '');
    expect(github.outputs()['failure-reason']).toMatch(/^fault 0 [^]*\nand \d+ more$/u);
  });
});

describe("the plan's outputs", () => {
  test('are empty without a plan', () => {
    expect(set(resultOf(succeeded))).toMatchObject({ 'plan-file': '', 'plan-markdown': '', 'plan-digest': '' });
  });

  test('have its path and its digest', () => {
    const plan = { file: '/tmp/plan.json', markdown: '/tmp/plan.md', digest: 'sha256:1' };
    const expected = { 'plan-file': plan.file, 'plan-markdown': plan.markdown, 'plan-digest': plan.digest };
    setPlan(plan);
    expect(github.outputs()).toEqual(expected);
    setOutputs([], [], '/tmp/results.json', plan, null, '');
    expect(github.outputs()).toMatchObject({ ...expected, status: 'SUCCEEDED', changed: 'false', results: '[]' });
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
  test('writes status and IDs as soon as they are known', () => {
    const onStarted = startedOutputs();
    onStarted(operation);
    expect(github.outputs()).toEqual({ status: 'IN_PROGRESS', 'request-id': 'req-1' });
    onStarted({ ...operation, requestId: 'req-2' });
    expect(github.outputs()).toEqual({ status: 'IN_PROGRESS', 'request-id': 'req-1\nreq-2' });
  });

  test('writes little for any number of grants: whenever their number has doubled', () => {
    const onStarted = startedOutputs();
    const counts: number[] = [];
    let last: string | undefined;
    for (let count = 1; count <= 1_000; count += 1) {
      onStarted({ ...operation, requestId: `req-${count}` });
      const ids = count <= 70 || count > 500 ? github.outputs()['request-id'] : last;
      if (ids !== last) counts.push(count);
      last = ids;
    }
    expect(counts.filter((count) => count <= 64)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(last?.split('\n')).toHaveLength(512);
  });

  test('writes the ID of the assignment, if there is one, so that a killed step can be undone', () => {
    startedOutputs()({ ...operation, state: 'SUCCEEDED', assignmentId: '/assignments/a-1' });
    expect(github.outputs()).toEqual({
      status: 'IN_PROGRESS',
      'request-id': 'req-1',
      'assignment-id': '/assignments/a-1',
    });
  });
});

describe("the assignment's ID", () => {
  const started = (target: string, assignmentId: string): Operation => ({
    ...operation,
    change: { ...operation.change, grant: { ...assignment, target: { id: target, name: null } } },
    state: 'SUCCEEDED',
    assignmentId,
  });

  test('is written while there is one grant, however often it was started', () => {
    const onStarted = startedOutputs();
    for (const id of ['/a-1', '/a-2', '/a-3']) onStarted(started('t-1', id));
    expect(github.outputs()['assignment-id']).toBe('/a-3');
  });

  test('of several grants is empty', () => {
    const onStarted = startedOutputs();
    for (const target of ['t-1', 't-2', 't-3', 't-1']) onStarted(started(target, `/a-${target}`));
    expect(github.outputs()['assignment-id']).toBe('');
  });
});

describe('setFault', () => {
  test('sets status, message and reason and nothing else', () => {
    setFault('One input is wrong.', 'Failed.');
    expect(github.outputs()).toEqual({ status: 'FAILED', message: 'Failed.', 'failure-reason': 'One input is wrong.' });
  });
});

describe('setRefused', () => {
  test('reports that nothing was changed, and the path of the record of it', () => {
    setRefused('No group is named "x".', 'Failed.', '/tmp/results.json');
    expect(github.outputs()).toEqual({
      status: 'FAILED',
      message: 'Failed.',
      'failure-reason': 'No group is named "x".',
      changed: 'false',
      results: '[]',
      'results-file': '/tmp/results.json',
    });
  });
});

describe('outputs that cannot be written', () => {
  test('are reported once, and hide nothing else', () => {
    expect(setOutputs([], [], '', noPlan, null, '')).toBe(true);
    const { GITHUB_OUTPUT: path = '' } = process.env;
    process.env['GITHUB_OUTPUT'] = `${path}-nowhere`;
    startedOutputs()(operation);
    expect(setOutputs([resultOf(succeeded)], [toRecord(resultOf(succeeded))], '', noPlan, null, '')).toBe(false);
    setRefused('why', '', '');
    process.env['GITHUB_OUTPUT'] = path;
    expect(github.printed().filter((line) => line.startsWith('::warning'))).toEqual([
      expect.stringContaining('The outputs could not be written: Missing file at path'),
    ]);
  });
});
