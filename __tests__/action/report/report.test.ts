import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

import { parseCommand, type Command } from '../../../rehearsal/runner/commands.ts';
import { Cancelled, CloudError, InputFaults, Refusal } from '../../../src/access/errors.ts';
import { reportError } from '../../../src/action/report/failure-report.ts';
import { reportResults as reportAll } from '../../../src/action/report/report.ts';
import { setOutputs } from '../../../src/action/report/outputs.ts';
import { toRecord } from '../../../src/action/report/results.ts';
import type { Words } from '../../../src/access/grant.ts';
import type { Result } from '../../../src/access/outcome.ts';
import { useGitHub } from '../github/github.ts';
import {
  assignment,
  failed,
  inProgress,
  resultOf,
  succeeded,
  unchanged,
  unknown,
  words,
  lease as aLease,
} from './results.ts';

const github = useGitHub();

const commands = (name: string): readonly Command[] =>
  github.printed().flatMap((line) => {
    const command = parseCommand(line);
    return command?.name === name ? [command] : [];
  });
const plain = (): string =>
  github
    .printed()
    .filter((line) => parseCommand(line) === null)
    .join('\n');

const reportResults = (results: readonly Result[], wait: boolean, words: Words, dryRun = false): boolean =>
  reportAll(results, { wait, dryRun, words, lack: null });
const groups = (): readonly string[] => commands('group').map(({ value }) => value);
const times = (count: number, result: Result): readonly Result[] =>
  Array.from({ length: count }, () => ({ ...result }));
const cancelled = { ...failed, requestId: null, reason: 'Not started: The step was canceled', hint: null } as const;

describe('reportResults', () => {
  test('of access files has no lines for unchanged access', () => {
    const results = [...times(10_000, resultOf(unchanged, { action: 'keep' })), resultOf(succeeded)];
    expect(reportAll(results, { wait: true, dryRun: false, words, lack: null, countsKept: true })).toBe(true);
    expect(github.printed().length).toBeLessThan(10);
    expect(plain()).toContain('10001 grants: 1 granted, 10000 unchanged.');
  });

  test('a failure apart from the results is an annotation of its own, and makes a step with green results red', () => {
    const lack = { title: 'A part is gone', reason: 'Of 3 grants 1 is gone.', hint: 'Look.' };
    expect(reportAll([resultOf(succeeded)], { wait: true, dryRun: false, words, lack })).toBe(false);
    expect(commands('error').map(({ value }) => value)).toEqual(['Of 3 grants 1 is gone.\nWhat to do: Look.']);
  });

  test.each([
    ['SUCCEEDED', succeeded, true, true],
    ['unchanged', unchanged, true, true],
    ['FAILED', failed, true, false],
    ['FAILED without waiting', failed, false, false],
    ['IN_PROGRESS', inProgress, true, false],
    ['accepted, without waiting', inProgress, false, true],
    ['unknown, without waiting', unknown, false, false],
  ] as const)('%s', (_name, outcome, wait, green) => {
    expect(reportResults([resultOf(outcome)], wait, words)).toBe(green);
    expect(commands('error')).toHaveLength(green ? 0 : 1);
  });

  test('of a lease names its end, its guarantee and its remarks', () => {
    const sentences = ['One other holder.', 'Do not make it permanent by hand.'];
    reportResults([resultOf(succeeded, { lease: { ...aLease, sentences } })], true, words);
    expect(plain()).toMatch(
      /^SUCCEEDED: .*\. Changed\. The lease ends with this job, and at 2026-03-04 07:06 UTC at the latest \(guaranteed by the sky\)\. Request ID: req-1\.$/mu,
    );
    expect(plain()).toMatch(/^One other holder\.$/mu);
    expect(plain()).toMatch(/^Do not make it permanent by hand\.$/mu);
  });

  test('of several leases shows each sentence once, with its grants', () => {
    const lease = { ...aLease, sentences: ['All alike.'] };
    const other = { ...aLease, sentences: ['All alike.', 'Another holder.'] };
    reportResults([resultOf(succeeded, { lease }), resultOf(succeeded, { lease: other })], true, words);
    expect(plain().match(/All alike/gu)).toHaveLength(1);
    expect(plain()).toMatch(/^All alike\.$/mu);
    expect(plain()).toMatch(/^Group "Payments On-Call" .*: Another holder\.$/mu);
  });

  test('one bad grant among good ones is red', () => {
    expect(reportResults([resultOf(succeeded), resultOf(failed), resultOf(succeeded)], true, words)).toBe(false);
    expect(commands('error')).toHaveLength(1);
  });

  test("an annotation has the grant, the cloud's words, the request ID and the hint", () => {
    reportResults([resultOf(failed)], true, words);
    const [error] = commands('error');
    expect(error?.properties).toEqual({ title: 'cloud-access: FAILED' });
    for (const text of [
      'Payments On-Call',
      '012345678901',
      'the USER assignee was not found',
      'req-3',
      'check principal',
    ]) {
      expect(error?.value).toContain(text);
    }
  });

  test('a change in progress with wait: false is a line in the log; an annotation is not repeated there', () => {
    reportResults([resultOf(inProgress)], false, words);
    expect(plain()).toMatch(/^IN_PROGRESS: .* the time limit passed.* req-2\.$/mu);
    github.clear();
    reportResults([resultOf(inProgress)], true, words);
    expect(plain()).toBe('');
    expect(commands('error')).toHaveLength(1);
  });

  test('a principal without a type is a principal', () => {
    const grant = { ...assignment, principal: { ...assignment.principal, type: null } };
    reportResults([resultOf(succeeded, { grant })], true, words);
    expect(plain()).toContain('SUCCEEDED: principal "Payments On-Call" with permission set "Reader"');
  });

  test('a change in progress is reported with its ID, and with the advice to run the step again', () => {
    reportResults([resultOf(inProgress)], true, words);
    expect(commands('error')[0]?.value).toMatch(/req-2[^]*Run the step again/u);
    github.clear();
    reportResults([resultOf(unknown)], true, words);
    expect(commands('error')[0]?.value).toMatch(/The result of the change is unknown[^]*Run the step again/u);
  });

  test('a change in progress with a hint of its own shows that hint', () => {
    reportResults([resultOf({ ...inProgress, hint: 'Give it the permission to read.' })], true, words);
    expect(commands('error')[0]?.value).toMatch(/What to do: Give it the permission to read\.$/u);
    expect(commands('error')[0]?.value).not.toContain('The change continues');
  });

  test('a remark on a success is a warning', () => {
    reportResults([resultOf({ ...succeeded, remark: 'ended FAILED, but is gone' })], true, words);
    expect(commands('warning').map(({ value }) => value)).toEqual([
      expect.stringMatching(/^Group "Payments On-Call" .*: ended FAILED, but is gone$/u),
    ]);
  });

  test('each reason is annotated once before any of them twice', () => {
    reportResults([...times(14, resultOf(failed)), resultOf(inProgress)], true, words);
    const titles = commands('error').map(({ properties }) => properties['title']);
    expect(titles.filter((title) => title === 'cloud-access: FAILED')).toHaveLength(9);
    expect(titles.at(-1)).toBe('cloud-access: IN_PROGRESS');
    expect(plain()).toMatch(/^IN_PROGRESS: group .*\.$/mu);
  });

  test('at most ten annotations, then a count, and a line with the reason for every grant', () => {
    reportResults(times(14, resultOf(failed)), true, words);
    expect(commands('error')).toHaveLength(10);
    expect(plain()).toContain('4 more grants have no annotation.');
    const lines = plain().match(/^FAILED: .*$/gmu) ?? [];
    expect(lines).toHaveLength(14);
    expect(lines.filter((line) => line.endsWith('on account 012345678901.'))).toHaveLength(10);
    expect(lines.filter((line) => line.includes(failed.reason) && line.includes('What to do: check'))).toHaveLength(4);
  });

  test('of no grants reports that there was nothing to do', () => {
    expect(reportResults([], true, words)).toBe(true);
    expect(github.printed()).toEqual(['Nothing to do.']);
  });

  test('of one grant has no count', () => {
    reportResults([resultOf(succeeded)], true, words);
    expect(github.printed()).toHaveLength(1);
  });

  test('of several shows the worst first, and their number last', () => {
    reportResults(
      [resultOf(unchanged), resultOf(cancelled), resultOf(inProgress), resultOf(succeeded), resultOf(failed)],
      true,
      words,
    );
    const statuses = plain().match(/^(?:FAILED|IN_PROGRESS|SUCCEEDED)/gmu);
    expect(statuses).toEqual(['FAILED', 'IN_PROGRESS', 'FAILED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(plain().split('\n').at(-1)).toBe(
      '5 grants: 1 granted, 1 unchanged, 1 not started, 1 in progress, 1 failed.',
    );
    expect(groups()).toEqual(['Request IDs (3 lines)']);
  });

  test('more than twenty are folded, except failed ones', () => {
    reportResults([...times(20, resultOf(succeeded)), ...times(3, resultOf(failed))], true, words);
    expect(groups()).toEqual(['20 granted', 'Request IDs (23 lines)']);
    const printed = github.printed().map((line) => parseCommand(line)?.name ?? line.split(':')[0]);
    expect(printed.slice(0, 4)).toEqual(['FAILED', 'FAILED', 'FAILED', 'group']);
    expect(plain().match(/^SUCCEEDED: /gmu)).toHaveLength(20);
  });

  test('of thousands of failed grants shows a hundred, folds the rest, and omits none', () => {
    reportResults(times(3_000, resultOf(failed)), true, words);
    expect(groups()).toEqual(['2900 failed', 'Request IDs (3000 lines)']);
    expect(plain().match(/^FAILED: /gmu)).toHaveLength(3_000);
    expect(commands('error')).toHaveLength(10);
  });

  test('many grants that were not started are folded', () => {
    reportResults([...times(50, resultOf(cancelled)), resultOf(inProgress)], true, words);
    expect(groups()).toEqual(['50 not started', 'Request IDs (1 line)']);
    expect(plain().split('\n')[0]).toMatch(/^IN_PROGRESS/u);
    expect(commands('error')[0]?.properties).toEqual({ title: 'cloud-access: IN_PROGRESS' });
  });

  test('a remark of several grants is one warning', () => {
    const remarked = resultOf({ ...succeeded, remark: 'ended FAILED, but is there' });
    reportResults([remarked, remarked, resultOf({ ...succeeded, remark: 'other' })], true, words);
    expect(commands('warning').map(({ value }) => value)).toEqual([
      '2 grants: ended FAILED, but is there',
      expect.stringMatching(/^Group "Payments On-Call" .*: other$/u),
    ]);
  });

  test('of many remarks ten are warnings, and the rest is folded', () => {
    const results = Array.from({ length: 14 }, (_, index) => resultOf({ ...succeeded, remark: `remark ${index}` }));
    reportResults(results, true, words);
    expect(commands('warning')).toHaveLength(10);
    expect(groups()).toContain('4 more warnings');
  });

  describe('a dry run', () => {
    test('reports the planned changes, and that nothing was changed', () => {
      const refused = resultOf({ ...failed, requestId: null }, { action: 'refuse' });
      const green = reportResults(
        [resultOf(succeeded), resultOf(succeeded), resultOf(unchanged, { action: 'keep' })],
        true,
        words,
        true,
      );
      expect(green).toBe(true);
      expect(github.printed()).toEqual(['Dry run: 2 would be granted, 1 unchanged. Nothing was changed.']);
      github.clear();
      expect(reportResults([resultOf(succeeded), refused], true, words, true)).toBe(false);
      expect(plain()).toContain('Dry run: 1 would be granted, 1 refused. Nothing was changed.');
      expect(commands('error')).toHaveLength(1);
    });

    test('of nothing reports that', () => {
      expect(reportResults([], true, words, true)).toBe(true);
      expect(github.printed()).toEqual(['Dry run: nothing to do. Nothing was changed.']);
    });
  });

  test('hostile text is never a command of its own', () => {
    const reason = 'x\n::add-path::/evil\n##[set-env name=X]y';
    reportResults([resultOf({ ...failed, reason, hint: '::stop-commands::x' })], true, words);
    expect(commands('add-path')).toEqual([]);
    expect(commands('set-env')).toEqual([]);
    expect(commands('stop-commands')).toEqual([]);
  });
});

const context = {
  actor: 'octocat',
  actorId: '583231',
  triggeringActor: 'octocat',
  run: 'https://github.example/run',
  runNumber: '42',
  attempt: '1',
  commit: 'abc',
  reason: 'Incident 4711',
  dryRun: false,
  approvals: [],
};
const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const report = (error: unknown): Promise<void> => reportError(error, context, folder);

describe('reportError', () => {
  test('input faults: one annotation with all of them; only status, message and reason are set', async () => {
    await report(
      new InputFaults([
        { input: 'role', problem: 'This input is required.', example: 'ReadOnlyAccess' },
        { input: 'target', problem: '"1" is not an account ID.', example: '123456789012' },
      ]),
    );
    const [error, ...others] = commands('error');
    expect(others).toEqual([]);
    expect(error?.value).toBe(
      '- role: This input is required. Example: role: ReadOnlyAccess\n- target: "1" is not an account ID. Example: target: "123456789012"',
    );
    expect(Object.keys(github.outputs()).toSorted()).toEqual(['failure-reason', 'message', 'status']);
    expect(github.outputs()['status']).toBe('FAILED');
    expect(github.summary()).toContain('ReadOnlyAccess');
  });

  test('of many input faults twenty are in the annotation, and all in log and summary', async () => {
    const faults = Array.from({ length: 500 }, (_, index) => ({
      input: 'target',
      problem: `"line ${index}." is not an account ID.`,
      example: 'here',
    }));
    await report(new InputFaults(faults));
    expect(commands('error')).toHaveLength(1);
    expect(commands('error')[0]?.value.split('\n')).toHaveLength(21);
    expect(commands('error')[0]?.value).toContain('480 more: see the log.');
    expect(groups()).toEqual(['480 more']);
    expect(plain()).toContain('line 499.');
    expect(github.summary()).toContain('line 499.');
  });

  test('a refusal with much evidence folds it', async () => {
    const details = Array.from({ length: 700 }, (_, index) => `+ create ${index}`);
    await report(new Refusal('The plan is another.', 'Have it reviewed.', details));
    expect(groups()).toEqual(['Details']);
    expect(plain()).toContain('+ create 699');
    expect(github.summary()).toContain('<details><summary>700 details</summary>');
    expect(github.summary()).toContain('200 more: see the log.');
  });

  test('a refusal shows the hint and its evidence', async () => {
    await report(new Refusal('No group is named "x".', 'Correct principal.', ['sub: repo:o/r']));
    expect(commands('error')[0]?.value).toBe('No group is named "x".\nWhat to do: Correct principal.');
    expect(plain()).toContain('sub: repo:o/r');
    expect(github.outputs()).toMatchObject({
      status: 'FAILED',
      'failure-reason': 'No group is named "x".',
      changed: 'false',
      results: '[]',
    });
    expect(github.summary()).toContain('Correct principal.');
  });

  test('an error of a cloud has its code, message, request ID and hint', async () => {
    const failure = {
      kind: 'denied',
      operation: 'sso:ListInstances',
      code: 'AccessDeniedException',
      message: 'User: x is not authorized',
      requestId: 'aws-1',
      retryAfterMs: null,
      hint: 'Allow sso:ListInstances.',
    } as const;
    await report(new CloudError(failure));
    expect(commands('error')[0]?.value).toBe(
      'sso:ListInstances answered AccessDeniedException: User: x is not authorized (request ID aws-1)\nWhat to do: Allow sso:ListInstances.',
    );
  });

  test('a cancellation reports that nothing was changed', async () => {
    await report(new Cancelled('The step was canceled (SIGINT)'));
    expect(commands('error')[0]?.value).toBe('The step was canceled (SIGINT). Nothing was changed.');
  });

  test.each([new TypeError('x is not a function'), 'a text'])(
    '%s: a bug of this action is called one',
    async (error) => {
      await report(error);
      expect(commands('error')[0]?.properties).toEqual({ title: 'cloud-access: internal error' });
      expect(commands('error')[0]?.value).toContain('This is a bug in cloud-access');
      expect(github.outputs()['status']).toBe('FAILED');
    },
  );

  test('a bug of this action reports no changes, and keeps the outputs that are set', async () => {
    setOutputs(
      [resultOf(succeeded)],
      [toRecord(resultOf(succeeded))],
      '/tmp/results.json',
      { file: '', markdown: '', digest: '' },
      null,
      '',
    );
    const before = github.outputs();
    await report(new TypeError('x is not a function'));
    expect(github.outputs()).toEqual({
      ...before,
      status: 'FAILED',
      message: 'Failed, internal error, Incident 4711: This is a bug in cloud-access: TypeError: x is not a function',
      'failure-reason': 'This is a bug in cloud-access: TypeError: x is not a function',
    });
  });
});
