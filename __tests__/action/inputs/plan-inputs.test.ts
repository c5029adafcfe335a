import { join, resolve } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { documentPlan, type PlanDocument } from '../../../src/access/plan/document.ts';
import { renderPlan } from '../../../src/access/plan/file.ts';
import { permanent, type ChangingOperation } from '../../../src/access/request.ts';
import { faultsOf, good, read } from '../small-clouds.ts';
import { assignment } from '../report/results.ts';
import { eventOf } from '../github/event-of.ts';

const workspace = resolve('/work', 'space');
const around = (files: Readonly<Record<string, string>> = {}): Parameters<typeof read>[1] => ({
  variables: { GITHUB_WORKSPACE: workspace },
  files,
});
const plan = (cloud = 'sky', operation: ChangingOperation = 'assign'): PlanDocument =>
  documentPlan(
    [{ action: operation === 'revoke' ? 'remove' : 'create', grant: assignment, seen: null }],
    { operation, targets: [], lifetime: permanent },
    { caller: 'pilot-1', directory: 'd-1', settings: {} },
    { cloud, planFor: null },
  );
const text = renderPlan(plan());
const file = join(workspace, 'plans', 'plan.json');

describe('without inputs for plans', () => {
  test('no plan is wanted', () => {
    expect(read(good).planning).toEqual({ wanted: false, expected: null, planFor: null, file: null });
  });
});

describe('dry-run', () => {
  test('changes nothing and wants a plan', () => {
    const { request, planning } = read({ ...good, 'dry-run': 'true' });
    expect(request.dryRun).toBe(true);
    expect(planning.wanted).toBe(true);
  });

  test('does not allow an event that is not trusted', () => {
    const faults = faultsOf({ ...good, 'dry-run': 'true' }, { event: eventOf('pull_request_target') });
    expect(faults).toMatchObject([{ input: 'allow-event' }]);
  });
});

describe('a plan of all targets', () => {
  test('has a plan of each target, where a plan is shown, written or expected: a reviewer sees every target', () => {
    expect(read(good).request.perTarget).toBe(false);
    for (const input of [
      { 'dry-run': 'true' },
      { 'plan-file': 'p.json' },
      { 'expected-plan': `sha256:${'a'.repeat(64)}` },
    ])
      expect(read({ ...good, ...input }).request.perTarget).toBe(true);
  });
});

describe('plan-file', () => {
  test('begins at the workspace, else at the working folder', () => {
    expect(read({ ...good, 'plan-file': 'plans/plan.json' }, around()).planning).toMatchObject({ wanted: true, file });
    expect(read({ ...good, 'plan-file': 'plan.json' }).planning.file).toBe(resolve('plan.json'));
    expect(read({ ...good, 'plan-file': file }, around()).planning.file).toBe(file);
  });

  test('is not allowed to overwrite the reviewed plan', () => {
    const inputs = { ...good, 'plan-file': './plans/../plans/plan.json', 'expected-plan': 'plans/plan.json' };
    expect(faultsOf(inputs, around({ [file]: text }))).toMatchObject([
      { input: 'plan-file', problem: expect.stringContaining('overwritten') },
    ]);
  });
});

describe('expected-plan', () => {
  const faultOf = (given: string, content?: string): unknown =>
    faultsOf({ ...good, 'expected-plan': given }, around(content === undefined ? {} : { [file]: content }));
  const path = 'plans/plan.json';

  test('is none only with the word none', () => {
    expect(read({ ...good, 'expected-plan': 'none' }).planning).toMatchObject({ wanted: false, expected: null });
    expect(faultOf('')).toMatchObject([
      { input: 'expected-plan', problem: expect.stringMatching(/^This input is empty/u) },
    ]);
  });

  test('is a digest', () => {
    const hex = 'AB'.repeat(32);
    expect(read({ ...good, 'expected-plan': `sha256:${hex}` }).planning).toEqual({
      wanted: true,
      expected: { kind: 'digest', digest: `sha256:${hex.toLowerCase()}` },
      planFor: null,
      file: null,
    });
  });

  test.each(['sha256:', 'sha256:abc', `sha256:${'g'.repeat(64)}`, `sha256:${'a'.repeat(65)}`, 'SHA256:x'])(
    '%s is not a digest',
    (given) => {
      expect(faultOf(given)).toMatchObject([
        { input: 'expected-plan', problem: expect.stringContaining('sha256: and 64'), example: 'plan.json' },
      ]);
    },
  );

  test('is the path of a plan', () => {
    for (const given of [path, file]) {
      const { planning } = read({ ...good, 'expected-plan': given }, around({ [file]: text }));
      expect(planning.expected).toEqual({ kind: 'document', path: given, document: plan() });
    }
  });

  test.each([
    ['a file that cannot be read', undefined, 'a file that can be read'],
    ['an empty file', '', 'is empty'],
    ['a text that is not a plan', '{"hello": 1}', 'is not a plan'],
    ['a text that is not JSON', 'plan', 'is not a plan'],
    ['an altered plan', text.replace('g-1', 'g-2'), 'was altered'],
    ['a plan of another cloud', renderPlan(plan('sea')), 'is a plan of cloud: sea, not of sky'],
    ['a plan of another operation', renderPlan(plan('sky', 'revoke')), 'is a plan of operation: revoke, not of assign'],
  ])('%s is a fault that names the file', (_what, content, problem) => {
    expect(faultOf(path, content)).toEqual([
      { input: 'expected-plan', problem: expect.stringContaining(problem), example: 'plan.json' },
    ]);
    expect(faultOf(path, content)).toMatchObject([{ problem: expect.stringContaining(path) }]);
  });
});

describe('plan-for', () => {
  test('names the caller who will apply the plan of a dry run', () => {
    expect(read({ ...good, 'dry-run': 'true', 'plan-for': 'pilot-X' }).planning.planFor).toBe('pilot-x');
  });

  test('has no effect without a dry run', () => {
    expect(faultsOf({ ...good, 'plan-for': 'pilot-x' })).toEqual([
      {
        input: 'plan-for',
        problem: 'This input has no effect without dry-run: true.',
        example: { of: 'dry-run', value: 'true' },
      },
    ]);
  });

  test('must be a caller that can sign in, and the example is one', () => {
    expect(faultsOf({ ...good, 'dry-run': 'true', 'plan-for': 'ann' })).toEqual([
      { input: 'plan-for', problem: 'is "ann", who is no pilot', example: 'pilot-1' },
    ]);
  });

  test('has no fault of its own together with an invalid dry-run', () => {
    const faults = faultsOf({ ...good, 'dry-run': 'yes', 'plan-for': 'pilot-x' });
    expect(faults).toMatchObject([{ input: 'dry-run' }]);
  });
});
