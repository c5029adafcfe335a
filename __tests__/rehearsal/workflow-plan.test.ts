import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { Misuse } from '../../rehearsal/own/options.ts';
import type { WorkflowPlan } from '../../rehearsal/own/workflow/model.ts';
import { planWorkflow } from '../../rehearsal/own/workflow/plan.ts';

const action = '{ uses: OWNER/cloud-access@v1, with: { cloud: aws } }';

function plan(text: string, values: Readonly<Record<string, string>> = {}, runsScripts = false): WorkflowPlan {
  const request = { path: '/a/access.yml', event: null, values: new Map(Object.entries(values)) };
  return planWorkflow(parse(text), request, runsScripts);
}

function misuse(text: string, values?: Readonly<Record<string, string>>): string {
  try {
    plan(text, values);
  } catch (error) {
    if (error instanceof Misuse) return error.message;
    throw error;
  }
  return '';
}

describe('the plan of a workflow', () => {
  it('has jobs in the order of their needs', () => {
    const { jobs, file, event, ref, name } = plan(`
on: { pull_request: }
jobs:
  c: { needs: [a, b], steps: [${action}] }
  b: { needs: a, steps: [{ run: echo b }] }
  a: { steps: [{ run: echo a }] }
`);
    expect(jobs.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect([file, event, ref, name]).toEqual([
      'access.yml',
      'pull_request',
      'refs/pull/1/merge',
      '.github/workflows/access.yml',
    ]);
  });

  it.each([
    [action, 'action'],
    ['{ uses: me/renamed@v1, with: { cloud: azure } }', 'action'],
    ['{ uses: actions/checkout@v7 }', 'other'],
    ['{ run: echo a }', 'script'],
    ['{ run: "echo ${{ inputs.a }}" }', 'script'],
    ['{ run: make }', 'other'],
    ['{ run: echo a, shell: pwsh }', 'other'],
  ])('has the kind of each step: %s', (step, kind) => {
    expect(plan(`{ on: push, jobs: { a: { steps: [${step}, ${action}] } } }`).jobs[0]?.steps[0]?.kind).toBe(kind);
  });

  it('requires no value that the event has', () => {
    const asked = (name: string): string =>
      misuse(`{ on: pull_request, jobs: { a: { if: github.event.pull_request.${name}, steps: [${action}] } } }`);
    expect(asked('head.repo.full_name')).toBe('');
    expect(asked('title')).toContain("--set 'github.event.pull_request.title=…'");
  });

  it('runs other scripts with the option for it', () => {
    const text = `{ on: push, jobs: { a: { steps: [{ run: make }, ${action}] } } }`;
    expect(plan(text, {}, true).jobs[0]?.steps[0]?.kind).toBe('script');
  });

  it('leaves out a call of another workflow that no job needs', () => {
    const text = `{ on: push, jobs: { a: { steps: [${action}] }, b: { needs: a, uses: ./b.yml } } }`;
    expect(plan(text).jobs.map(({ id, calls }) => [id, calls])).toEqual([
      ['a', null],
      ['b', './b.yml'],
    ]);
  });

  it.each([
    ['{ on: push }', 'has no jobs.'],
    ['{ on: push, jobs: { a: { uses: ./b.yml } } }', 'The job a calls another workflow'],
    [
      `{ on: push, jobs: { a: { uses: ./b.yml }, b: { needs: a, steps: [${action}] } } }`,
      'The job a calls another workflow',
    ],
    [`{ on: push, jobs: { a: { strategy: { matrix: { b: [1] } }, steps: [${action}] } } }`, 'The job a has a matrix'],
    ['{ on: push, jobs: { a: {} } }', 'The job a has no steps.'],
    [`{ on: push, jobs: { a: { needs: b, steps: [${action}] } } }`, 'The job a needs the job b, which does not exist.'],
    [
      `{ on: push, jobs: { a: { needs: b, steps: [${action}] }, b: { needs: a, steps: [${action}] } } }`,
      'Its jobs need each other in a circle.',
    ],
    ['{ on: push, jobs: { a: { steps: [{ run: echo a }] } } }', 'No step of it uses this action.'],
    [
      '{ on: push, jobs: { a: { steps: [{ uses: x/cloud-access@v1, with: { cloud: aws, principal: [a] } }] } } }',
      'The input principal of "x/cloud-access@v1" is not text.',
    ],
    [`{ on: push, jobs: { a: { if: "a b", steps: [${action}] } } }`, 'cannot be evaluated'],
  ])('is refused with a message: %s', (text, says) => {
    expect(misuse(text)).toContain(says);
  });

  const asking = `
on: { workflow_dispatch: { inputs: { who: { required: true } } } }
env: { TEAM: '\${{ vars.TEAM }}' }
jobs:
  a:
    if: github.event.issue.number > 1 && secrets.GITHUB_TOKEN != ''
    outputs: { a: '\${{ steps.other.outputs.b }}', c: '\${{ steps.access.outputs.lease-id }}' }
    steps:
      - { uses: actions/checkout@v7, with: { token: '\${{ secrets.NOT_NEEDED }}' } }
      - { id: other, run: make }
      - { id: access, uses: OWNER/cloud-access@v1, with: { cloud: aws, role: "\${{ vars.A || 'b' }}" } }
`;

  it('asks at once for all values that only a person knows', () => {
    expect(misuse(asking).split('\n')).toEqual([
      'Give the values of these expressions, after --workflow /a/access.yml:',
      "  --set 'inputs.who=…'",
      "  --set 'github.event.issue.number=…'",
      "  --set 'vars.TEAM=…'",
      "  --set 'steps.other.outputs.b=…'",
      "  --set 'vars.A=…'",
    ]);
    const values = {
      'inputs.who': 'alice',
      'github.event.issue.number': '2',
      'vars.TEAM': 'x',
      'steps.other.outputs.b': '',
      "vars.A || 'b'": 'Reader',
    };
    expect(plan(asking, values).inputs).toEqual({ who: 'alice' });
  });
});
