import { describe, expect, it } from '@jest/globals';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { action, readText, root } from './repository.ts';
import { faultsOf, type With } from './workflow-steps.ts';
import { yamlExamples } from './yaml-examples.ts';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: With;
}

interface Job {
  readonly uses?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** None in a job that calls a workflow. */
  readonly steps?: readonly Step[];
  readonly if?: string;
}

interface Workflow {
  readonly on: {
    readonly workflow_call?: {
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly secrets?: Readonly<Record<string, unknown>>;
      readonly outputs: Readonly<Record<string, { readonly value: string }>>;
    };
  };
  readonly jobs: Readonly<Record<string, Job>>;
}

const own = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);
const workflowOf = (file: string): Workflow => parse(readText(file)) as Workflow;

/** Each with the shipped workflow whose steps it has. */
const called = (
  [
    ['lease', 'incident-access'],
    ['release', 'release-a-lease'],
    ['sweep', 'sweep-leases'],
    ['plan', 'access-plan'],
    ['apply', 'access-apply'],
    ['drift', 'access-drift'],
  ] as const
).flatMap(([kind, shipped]) => [
  { cloud: 'aws', file: `.github/workflows/${kind}-aws.yml`, shipped: `setup/workflows/aws/${shipped}.yml` },
  {
    cloud: 'azure',
    file: `.github/workflows/${kind}-azure.yml`,
    shipped: `setup/workflows/azure/${shipped}-azure.yml`,
  },
]);

/** What GitHub's own parser says of a workflow: by its schema, and of its expressions. */
async function schemaFaults(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const template = value === undefined ? null : await convertWorkflowTemplate(context, value);
  return [
    ...context.errors.getErrors().map(({ message }) => message),
    ...(template?.errors ?? []).map(({ Message }) => Message),
  ];
}

describe('GitHub’s own parser of workflows', () => {
  const documented = yamlExamples.filter(({ text }) => /^jobs:$/mu.test(text));
  const shown = documented.map(({ document, line, text }) => ({ name: `${document}:${line}`, text }));

  it.each([...own.map((name) => ({ name, text: readText(name) })), ...shown])('takes $name', async ({ name, text }) => {
    expect(await schemaFaults(name, text)).toEqual([]);
  });

  it('sees a key, an event and a context that are none', async () => {
    const text = readText('.github/workflows/lease-aws.yml');
    for (const [right, wrong] of [
      ['timeout-minutes: 15', 'timeout: 15'],
      ['workflow_call:', 'workflow_called:'],
      ['inputs.role }}', 'input.role }}'],
      ['type: string', 'type: text'],
    ] as const) {
      expect(text).toContain(right);
      expect(await schemaFaults('x.yml', text.replace(right, wrong))).not.toEqual([]);
    }
  });
});

/** The step that brings this action: the repository and commit of the called file, which its caller does not choose. */
const ownCheckout = {
  repository: "${{ job.workflow_repository || '-' }}",
  ref: '${{ job.workflow_sha }}',
  path: '.cloud-access',
  'sparse-checkout': 'dist',
  'persist-credentials': false,
};

/** Inputs of the action that limit what a caller can have, or that prove something. */
const guards = Object.keys(action.inputs).filter((name) =>
  /^(?:allow|max-|require-|approvers$|people-file$|sweep-|github-token$|job-check)/u.test(name),
);

/** The condition that no called job has: the step itself is red without an ID token. */
const notOfAFork = 'github.event.pull_request.head.repo.full_name == github.repository';

const stepsOf = ({ steps = [] }: Job): readonly Step[] => steps;

/** The one step of a job that uses this action. */
const ownStep = (job: Job): Step => stepsOf(job).find(({ uses }) => uses?.includes('cloud-access') === true) ?? {};

describe.each(called)('$file', ({ cloud, file, shipped }) => {
  const workflow = workflowOf(file);
  const { notice, ...working } = workflow.jobs;
  const jobs = Object.entries(working).map(([name, job]) => ({
    name,
    job,
    model: workflowOf(shipped).jobs[name] ?? job,
  }));
  const { inputs = {}, outputs = {}, secrets = {} } = workflow.on.workflow_call ?? {};

  it.each(jobs)('has in the job $name the steps of the shipped workflow', ({ job, model }) => {
    // A caller may require no approval, with which the action refuses bots and re-runs itself.
    const isGuard = ({ run }: Step): boolean => run?.includes('A bot started this run') === true;
    const steps = stepsOf(job).filter((step) => step.with?.['path'] !== '.cloud-access' && !isGuard(step));
    const own = (step: Step): Step => (step === ownStep(job) || step === ownStep(model) ? { id: step.id ?? '' } : step);
    expect(steps.map(own)).toEqual(stepsOf(model).map(own));
    const others = (it: Job): unknown => ({ ...it, permissions: {}, outputs: {}, steps: [], if: '' });
    expect(others(job)).toEqual(others(model));
    expect(job.permissions).toMatchObject(model.permissions);
    expect(job.if).toBe(model.if === notOfAFork ? undefined : model.if);
  });

  it.each(jobs)(
    'gives this action in the job $name what the shipped workflow gives it, or what the caller sets',
    ({ job, model }) => {
      const given = ownStep(job).with ?? {};
      const wanted = ownStep(model).with ?? {};
      expect(Object.keys(given)).toEqual(expect.arrayContaining(Object.keys(wanted)));
      for (const [name, value] of Object.entries(given)) {
        if (value === wanted[name]) continue;
        const variable = `vars.${cloud.toUpperCase()}_${name.toUpperCase().replaceAll('-', '_')}`;
        if (name === 'max-removals' && wanted['dry-run'] === true) expect(value).toBe('100%');
        else if (guards.includes(name))
          expect([`\${{ ${variable} }}`, `\${{ ${variable} || 'false' }}`]).toContain(value);
        else expect(Object.keys(inputs).map((it) => `\${{ inputs.${it} }}`)).toContain(value);
      }
    },
  );

  it('takes no guard, no approval and no token from its caller (P10)', () => {
    expect(guards).toEqual(
      expect.arrayContaining(['require-approval', 'approvers', 'people-file', 'github-token', 'allow-event']),
    );
    expect(Object.keys(inputs).filter((name) => guards.includes(name))).toEqual([]);
    // The one secret goes to the notice, which signs in to nothing.
    expect(secrets).toEqual(notice === undefined ? {} : { ACCESS_NOTICE_URL: { required: false } });
    expect(JSON.stringify(working)).not.toContain('secrets');
    expect(notice?.permissions ?? {}).toEqual({});
  });

  it.each(jobs)(
    'has the action in the job $name from the commit that the caller pins, and red where GitHub does not name it',
    ({ job }) => {
      const steps = stepsOf(job);
      const at = steps.indexOf(ownStep(job));
      expect(steps[at]?.uses).toBe('./.cloud-access');
      // Nothing runs between the two, and nothing of the caller's repository lies over it.
      expect(steps[at - 1]).toMatchObject({
        uses: expect.stringMatching(/^actions\/checkout@/u),
        with: ownCheckout,
      });
      expect(steps.slice(at).filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([]);
    },
  );

  it.each(jobs)('lets the job $name read on GitHub what proves an approval', ({ job }) => {
    const { 'require-approval': required, 'access-file': files } = ownStep(job).with ?? {};
    const needed = files === undefined ? {} : { 'pull-requests': 'read' };
    if (required !== undefined) expect(job.permissions).toMatchObject({ contents: 'read', actions: 'read', ...needed });
  });

  it('has only jobs of the shipped workflow, and gives out what they give out', () => {
    expect(Object.keys(workflowOf(shipped).jobs)).toEqual(expect.arrayContaining(Object.keys(workflow.jobs)));
    for (const [name, { value }] of Object.entries(outputs))
      expect(Object.entries(workflow.jobs).map(([id]) => `\${{ jobs.${id}.outputs.${name} }}`)).toContain(value);
  });

  const values: Readonly<Record<string, string>> = {
    'require-approval': 'environment',
    approvers: 'any',
    'people-file': '.github/people.yml',
    'allowed-principals': 'any',
    'allowed-targets': 'any',
    'allowed-roles': 'any',
    'max-lifetime': '8h',
    'max-grants': '50',
    'max-removals': '10',
    'sweep-workflow': 'sweep-leases-azure.yml',
    'allow-privileged': 'false',
    'allow-event': '',
  };

  it.each(jobs)('is red in the job $name where a variable is not set, and only there (P10)', ({ job, model }) => {
    const given = ownStep(job).with ?? {};
    const set = (unset: string | null): With =>
      Object.fromEntries(
        Object.entries(given).map(([name, value]) => {
          if (name === 'principal') return [name, 'requester'];
          if (String(value).includes('vars.')) return [name, name === unset ? '' : values[name]];
          return [name, String(value).includes('inputs.') ? (ownStep(model).with?.[name] ?? '') : value];
        }),
      );
    expect(faultsOf(set(null))).toEqual([]);
    const bare = Object.keys(given).filter((name) => /^\$\{\{ vars\.\w+ \}\}$/u.test(String(given[name])));
    for (const name of bare.filter((it) => it !== 'allow-event'))
      expect(faultsOf(set(name))).toContainEqual(
        expect.stringMatching(new RegExp(`^${name} This input is empty`, 'u')),
      );
  });
});

it('together they have every guard that a lease or an access file needs as a variable', () => {
  const used = called.flatMap(({ file }) =>
    [...readText(file).matchAll(/vars\.(?<name>[A-Z_]+)/gu)].map((it) => it[1]),
  );
  expect([...new Set(used)].filter((name) => name?.startsWith('AWS_')).toSorted()).toEqual(
    ['REQUIRE_APPROVAL', 'APPROVERS', 'PEOPLE_FILE', 'ALLOWED_PRINCIPALS', 'ALLOWED_TARGETS', 'ALLOWED_ROLES']
      .concat('MAX_LIFETIME', 'MAX_GRANTS', 'MAX_REMOVALS', 'ALLOW_PRIVILEGED', 'ALLOW_EVENT')
      .map((name) => `AWS_${name}`)
      .toSorted(),
  );
});

/** A job of a document that calls one of them. */
interface Calling {
  readonly permissions: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly with: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

describe('a workflow of the documents that calls one', () => {
  const callers = yamlExamples
    .filter(({ text }) => text.includes('/.github/workflows/') && /^jobs:$/mu.test(text))
    .flatMap(({ document, text }) =>
      Object.values((parse(text) as { readonly jobs: Readonly<Record<string, Calling>> }).jobs)
        .filter(({ uses }) => uses !== undefined)
        .map((job) => ({ document, ...job })),
    );

  it('names a commit, gives every input and secret, and allows what its jobs need', () => {
    expect(callers.map(({ document }) => document)).toContain('docs/reusable-workflows.md');
    for (const { document, uses = '', with: given, secrets: passed, permissions } of callers) {
      const name = /^OWNER\/cloud-access\/(?<file>\.github\/workflows\/[\w-]+\.yml)@(?<ref>\w+)$/u.exec(uses)?.groups;
      // As for the action itself, the major tag of a shipped workflow is replaced by a commit.
      expect(name?.['ref']).toMatch(document.startsWith('setup/workflows/') ? /^v1$/u : /^[0-9a-f]{40}$/u);
      const { on, jobs } = workflowOf(name?.['file'] ?? '');
      expect(Object.keys(passed)).toEqual(Object.keys(on.workflow_call?.secrets ?? {}));
      const inputs = Object.entries(on.workflow_call?.inputs ?? {}) as [string, { readonly required?: boolean }][];
      expect(inputs.map(([input]) => input)).toEqual(expect.arrayContaining(Object.keys(given)));
      const required = inputs.filter(([, input]) => input.required === true).map(([input]) => input);
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
      for (const job of Object.values(jobs)) expect(permissions).toMatchObject(job.permissions);
    }
  });
});
