import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { action, readText } from './repository.ts';
import { evaluated, ownSteps, planArtifact, planPath, type With } from './workflow-steps.ts';
import { workflowFiles, yamlExamples } from './yaml-examples.ts';

interface Job {
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly 'timeout-minutes'?: number;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly uses?: string;
    readonly with?: With;
    readonly if?: string;
    readonly run?: string;
  }[];
}

interface Workflow {
  readonly 'run-name'?: string;
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const examples = yamlExamples.map(({ document, line, text }) => ({ name: `${document}:${line}`, document, text }));
/** The jobs with steps. Those that call another workflow: see reusable-workflows.test.ts. */
function parseWorkflow(text: string): Workflow {
  const workflow = parse(text) as Workflow;
  return { ...workflow, jobs: Object.fromEntries(Object.entries(workflow.jobs).filter(([, job]) => 'steps' in job)) };
}

const workflows = examples
  .filter(({ text }) => /^jobs:$/mu.test(text))
  .map((it) => ({ ...it, workflow: parseWorkflow(it.text) }))
  .filter(({ workflow }) => Object.keys(workflow.jobs).length > 0);
const steps = examples.flatMap(({ document, text }) => ownSteps(parse(text)).map((inputs) => ({ document, inputs })));

/** Who makes the changes of a step. */
function callerOf(inputs: With): string {
  return evaluated(inputs['aws-role-to-assume'] ?? inputs['azure-client-id']);
}

/** What a step would do, by what it says. */
function wish(inputs: With): readonly string[] {
  const names = ['cloud', 'operation', 'principal', 'role', 'target', 'condition', 'access-file', 'prune'];
  return [...names, 'max-removals'].map((name) => evaluated(inputs[name] ?? ''));
}

/** Workflows of leases; the others are those of access files. */
const leaseFiles = workflowFiles.filter((file) => !file.includes('/access-'));

const uses = (job: Job, name: string): boolean => job.steps.some((it) => it.uses?.startsWith(`${name}@`) === true);

/** True for the step that keeps `results-file`: after this action, and only if the variable is set. */
function keepsEvidence({ uses: used = '', if: condition = '', with: inputs = {} }: Job['steps'][number]): boolean {
  return (
    used.startsWith('actions/upload-artifact@') &&
    condition.startsWith("${{ always() && vars.ACCESS_EVIDENCE != '' && ") &&
    /^\$\{\{ steps\.\w+\.outputs\.results-file \}\}$/u.test(String(inputs['path']))
  );
}

/** Rights of a job to write on GitHub. */
const writes = ({ permissions = {} }: Job): readonly string[] =>
  Object.entries({ ...permissions, 'id-token': 'read' }).flatMap(([name, right]) => (right === 'read' ? [] : [name]));

describe('whole workflows in the documents', () => {
  it('are there for what takes one', () => {
    const shown = new Set(workflows.map(({ document }) => document));
    expect([...shown]).toEqual(
      expect.arrayContaining([
        'docs/bulk.md',
        'docs/guards.md',
        'docs/leases.md',
        'docs/plan.md',
        'docs/setup-by-hand.md',
      ]),
    );
  });

  it.each(workflows)('$name gives nothing away by default, and ends some time', ({ workflow }) => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) {
      // Only jobs that sign in may, by this action or by a command: those beside them do the work.
      const signsIn =
        ownSteps(job.steps).length > 0 || job.steps.some(({ run }) => run?.includes('$ACTIONS_ID_TOKEN_REQUEST_URL'));
      // What signs evidence has an ID token for that, and no environment that a cloud trusts.
      const signs = uses(job, 'actions/attest');
      if (signs) expect({ signsIn, environment: job.environment }).toEqual({ signsIn: false });
      expect(job.permissions?.['id-token']).toBe(signsIn || signs ? 'write' : undefined);
      // One that writes on GitHub signs in nowhere, and has no code of the repository.
      if (writes(job).length > 0) {
        expect({ signsIn, checksOut: uses(job, 'actions/checkout') }).toEqual({ signsIn: false, checksOut: false });
        expect(signs ? [['attestations']] : [['pull-requests'], ['issues']]).toContainEqual(writes(job));
      }
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it.each(workflows)('$name changes something only in an environment, and on no pull request (P10)', ({ workflow }) => {
    const events = typeof workflow.on === 'string' ? [workflow.on] : Object.keys(workflow.on);
    for (const job of Object.values(workflow.jobs)) {
      const changes = ownSteps(job.steps).some(
        (inputs) => inputs['dry-run'] !== true && inputs['operation'] !== 'inventory',
      );
      if (!changes) continue;
      expect(job.environment).toMatch(/^\w/u);
      expect(events).not.toContain('pull_request');
    }
  });

  it('that give access by what somebody typed say it in the name of the run, which is what its reviewers see (P10)', () => {
    const typed = workflows.flatMap(({ name, workflow }) =>
      Object.values(workflow.jobs)
        .flatMap((job) => ownSteps(job.steps))
        .filter(({ operation = 'assign' }) => operation === 'assign')
        .map((inputs) => ({
          name,
          told: workflow['run-name'] ?? '',
          inputs: ['principal', 'target', 'reason'].flatMap(
            (input) => /\binputs\.[\w-]+/u.exec(String(inputs[input])) ?? [],
          ),
        }))
        .filter((it) => it.inputs.length > 0),
    );
    expect(typed.length).toBeGreaterThan(2);
    for (const { name, told, inputs } of typed)
      expect({ name, untold: inputs.filter((input) => !told.includes(`\${{ ${input} }}`)) }).toEqual({
        name,
        untold: [],
      });
  });

  it.each(workflows)('$name checks out without leaving a token behind (P7)', ({ workflow }) => {
    const others = Object.values(workflow.jobs).flatMap((job) => job.steps);
    for (const { uses, with: inputs } of others.filter((it) => it.uses?.startsWith('actions/checkout@'))) {
      expect({ uses, inputs }).toMatchObject({ inputs: { 'persist-credentials': false } });
    }
  });
});

describe('outputs in the documents', () => {
  const used = examples.flatMap(({ name, text }) =>
    [...text.matchAll(/\bsteps\.(?<id>\w+)\.outputs\.(?<output>[\w-]+)/gu)].map(({ groups }) => ({
      name,
      id: groups?.['id'] ?? '',
      output: groups?.['output'] ?? '',
      text,
    })),
  );

  it.each(used)('$output in $name is an output of this action, and its step is there', ({ id, output, text }) => {
    expect(Object.keys(action.outputs)).toContain(output);
    expect(text).toContain(`id: ${id}\n`);
  });

  it('of other jobs are passed on by them', () => {
    const needed = workflows.flatMap(({ name, text, workflow }) =>
      [...text.matchAll(/\bneeds\.(?<job>[\w-]+)\.outputs\.(?<output>[\w-]+)/gu)].map(({ groups }) => ({
        ...{ name, jobs: workflow.jobs, job: groups?.['job'] ?? '', output: groups?.['output'] ?? '' },
      })),
    );
    expect(needed.length).toBeGreaterThan(2);
    for (const { name, jobs, job, output } of needed) {
      expect({ name, passed: jobs[job]?.outputs?.[output] }).toEqual({
        name,
        passed: expect.stringMatching(/^\$\{\{ steps\.\w+\.(?:outputs\.[\w-]+|outcome) \}\}$/u) as unknown,
      });
      expect(Object.values(jobs).map(({ needs }) => needs)).toContain(job);
    }
  });
});

describe('reviewed plans in the documents', () => {
  // What only shows a pull request is applied by the workflow beside it.
  const planning = steps.filter(
    ({ document, inputs }) => inputs['plan-for'] !== undefined && !document.includes('/access-plan'),
  );
  const applying = steps.filter(({ inputs }) => inputs['expected-plan'] !== undefined);

  it('are shown on both clouds, by file and by digest', () => {
    const shown = applying.map(({ inputs }) => [inputs['cloud'], inputs['expected-plan']]);
    expect(shown).toEqual([
      ['aws', planPath],
      ['azure', planPath],
      ['aws', '${{ needs.plan.outputs.digest }}'],
      ['aws', planArtifact],
      ['azure', planArtifact],
    ]);
    expect(planning).toHaveLength(applying.length);
  });

  it.each(applying.map(({ inputs }, index) => ({ inputs, planned: planning[index]?.inputs ?? {} })))(
    '$inputs.expected-plan on $inputs.cloud is planned with the same lines, by an identity of its own, for who applies it',
    ({ inputs, planned }) => {
      expect(wish(planned)).toEqual(wish(inputs));
      expect(planned['dry-run']).toBe(true);
      expect(evaluated(planned['plan-for'])).toBe(callerOf(inputs));
      expect(callerOf(planned)).not.toBe(callerOf(inputs));
    },
  );
});

describe('leases in the documents', () => {
  const taking = steps.filter(({ inputs }) => inputs['lifetime'] !== undefined);
  const ending = steps.filter(({ inputs }) => ['release', 'list', 'sweep'].includes(String(inputs['operation'])));

  it('come first in README.md, and take with them everything that ends them', () => {
    const [first] = steps.filter(({ document }) => document === 'README.md').map(({ inputs }) => inputs);
    const leased = { lifetime: '2h', 'keep-after-job': true };
    expect(first).toMatchObject({ cloud: 'aws', ...leased });
    for (const cloud of ['aws', 'azure'])
      expect(taking.map(({ inputs }) => inputs)).toContainEqual(
        expect.objectContaining({ cloud, 'max-grants': '1', ...leased }),
      );
    for (const { inputs } of taking.filter((it) => it.inputs['operation'] !== 'extend' && it.inputs['cloud'] === 'aws'))
      expect(inputs['aws-scheduler-role-arn']).toMatch(/:role\/access-ender$/u);
  });

  it('have in setup/workflows all that begins and ends them, on both clouds', () => {
    const kept = steps.filter(({ document }) => leaseFiles.includes(document));
    for (const cloud of ['aws', 'azure']) {
      const own = kept.filter(({ inputs }) => inputs['cloud'] === cloud).map(({ inputs }) => inputs['operation']);
      expect(own.map((operation) => operation ?? 'assign').toSorted()).toEqual([
        'assign',
        'assign',
        'release',
        'sweep',
      ]);
    }
  });

  it('of requests in a pull request have the guards of typed ones, and require its review (P12)', () => {
    for (const cloud of ['aws', 'azure']) {
      const [typed, requested] = ['incident-access', 'lease-by-review'].map(
        (name) => steps.find(({ document }) => document.startsWith(`setup/workflows/${cloud}/${name}`))?.inputs ?? {},
      );
      const ofOne = ['principal', 'people-file', 'role', 'target', 'reason'];
      const same = Object.entries(typed ?? {}).filter(([name]) => !ofOne.includes(name));
      expect(requested).toEqual({
        ...Object.fromEntries(same),
        operation: 'assign',
        'access-file': `access/request-${cloud}.yml`,
        'require-approval': 'review',
        'allowed-roles': typed?.['role'],
        'allowed-targets': typed?.['target'],
      });
    }
  });

  it('are for who starts them, by a proven approval, where they are taken, and never ask where they are ended (P10)', () => {
    for (const file of leaseFiles) {
      const { jobs, on, 'run-name': runName = '' } = parseWorkflow(readText(file));
      const isTaking = file.includes('incident-access');
      const signingIn = Object.values(jobs).filter(({ steps: those }) => ownSteps(those).length > 0);
      const conditions = signingIn.flatMap(({ steps: those }) =>
        those.filter((it) => !keepsEvidence(it)).flatMap((it) => it.if ?? []),
      );
      expect({ file, conditions }).toEqual({ file, conditions: [] });
      const proof = { principal: 'requester', 'people-file': '.github/people.yml', 'require-approval': 'environment' };
      for (const { permissions, steps: those } of signingIn) {
        const [inputs = {}] = ownSteps(those);
        const own = Object.fromEntries(Object.keys(proof).map((name) => [name, inputs[name]]));
        const needed = file.includes('lease-by-review') ? { 'require-approval': 'review' } : {};
        expect({ file, own }).toEqual({ file, own: isTaking ? proof : needed });
        const reads = { 'id-token': 'write', actions: 'read', contents: 'read' };
        if (isTaking) expect(permissions).toEqual(reads);
      }
      // No free text says who gets the access.
      if (isTaking) expect(on).toEqual({ workflow_dispatch: { inputs: { incident: { required: true } } } });
      // A job that is skipped would be green.
      for (const job of signingIn) expect(job).not.toHaveProperty('if');
      // First, so that nothing that was typed can pass for it.
      expect(runName.startsWith('${{ github.actor }}: ')).toBe(isTaking);
    }
  });

  it.each(workflowFiles)('are shown as %s has them, but for notices and evidence, wherever a document does', (file) => {
    const [text = ''] = readText(file).split(/^(?= {2}notice:)/mu);
    const named = text.split('\n')[0] ?? '';
    const shown = examples.filter((it) => it.document !== file && it.text.startsWith(`${named}\n`));
    expect(shown.map((it) => it.text)).toEqual(shown.map(() => text));
  });

  it('are taken by one role and ended by another, never in a job that runs other code (P10)', () => {
    expect(new Set(taking.map(({ inputs }) => callerOf(inputs)))).toEqual(
      new Set(['arn:aws:iam::111122223333:role/access-broker', 'a9900000-0000-4000-8000-0000000000b0']),
    );
    expect(new Set(ending.map(({ inputs }) => callerOf(inputs)))).toEqual(
      new Set(['arn:aws:iam::111122223333:role/access-sweeper', 'a9900000-0000-4000-8000-0000000000b2']),
    );
    for (const { workflow } of workflows)
      for (const job of Object.values(workflow.jobs)) {
        const own = ownSteps(job.steps).some((inputs) => inputs['lifetime'] !== undefined);
        // Beside it only the files of a request that a review approved.
        const isReviewed = ownSteps(job.steps).some((inputs) => inputs['require-approval'] === 'review');
        const brings = ({ uses: used = '' }: Job['steps'][number]): boolean =>
          isReviewed && used.startsWith('actions/checkout@');
        if (own)
          expect(
            job.steps.filter((it) => !it.uses?.startsWith('OWNER/cloud-access@') && !brings(it) && !keepsEvidence(it)),
          ).toEqual([]);
      }
  });

  it('are swept every hour, by a job that may read other jobs (P5)', () => {
    const found = workflows.filter(({ workflow }) =>
      Object.values(workflow.jobs).some((job) => ownSteps(job.steps).some((inputs) => inputs['operation'] === 'sweep')),
    );
    expect(found.map(({ document }) => document)).toEqual([
      'docs/leases.md',
      'setup/workflows/aws/sweep-leases.yml',
      'setup/workflows/azure/sweep-leases-azure.yml',
    ]);
    for (const { workflow } of found) {
      expect(workflow.on).toMatchObject({
        schedule: [{ cron: expect.stringMatching(/^\d+ \* \* \* \*$/u) as unknown }],
      });
      expect(workflow.jobs['sweep']?.permissions).toEqual({ 'id-token': 'write', actions: 'read' });
    }
  });
});

describe('access files in setup/workflows', () => {
  const of = (cloud: string, name: string): Workflow =>
    parseWorkflow(readText(`setup/workflows/${cloud}/access-${name}${cloud === 'azure' ? '-azure' : ''}.yml`));
  const stepIn = (job: Job | undefined): With => ownSteps(job?.steps)[0] ?? {};

  describe.each(['aws', 'azure'])('on %s', (cloud) => {
    const { jobs: planned } = of(cloud, 'plan');
    const { jobs: applied } = of(cloud, 'apply');

    it('are planned in a pull request as they are applied after it, by an identity of its own (P11)', () => {
      expect(wish(stepIn(planned['plan']))).toEqual(wish(stepIn(applied['apply'])));
      expect(wish(stepIn(planned['plan']))).toEqual(wish(stepIn(applied['plan'])));
      for (const job of [planned['plan'], applied['plan']]) {
        expect(stepIn(job)).toMatchObject({ 'dry-run': true, prune: 'revoke' });
        expect(evaluated(stepIn(job)['plan-for'])).toBe(callerOf(stepIn(applied['apply'])));
        expect(callerOf(stepIn(job))).not.toBe(callerOf(stepIn(applied['apply'])));
      }
    });

    it('of a fork are not planned, loudly, and never on pull_request_target (P10)', () => {
      const { on, jobs } = of(cloud, 'plan');
      expect(Object.keys(on)).toEqual(['pull_request']);
      const head = 'github.event.pull_request.head.repo.full_name';
      const conditions = [jobs['plan'], jobs['fork']].map((job) => (job as { readonly if?: string }).if);
      expect(conditions).toEqual([`${head} == github.repository`, `${head} != github.repository`]);
      expect(jobs['fork']?.steps.map(({ run }) => run)).toEqual([expect.stringMatching(/^echo '::notice::No plan\./u)]);
    });

    // The payload of a schedule has no repository, and with an empty ref actions/checkout takes the commit of the run:
    // https://github.com/github/codeql-action/pull/1211
    it('are read at the tip of the branch, whichever run is run again (P11)', () => {
      for (const name of ['apply', 'expire', 'drift'])
        for (const job of Object.values(of(cloud, name).jobs).filter((it) => ownSteps(it.steps).length > 0))
          expect(job.steps.find((it) => it.uses?.startsWith('actions/checkout@'))?.with).toMatchObject({
            ref: '${{ github.ref }}',
          });
    });

    it('are applied behind the reviewers, and end without them, by another identity (P10)', () => {
      const { jobs: expired } = of(cloud, 'expire');
      expect(applied['apply']).toMatchObject({ needs: 'plan', environment: 'production-access' });
      expect(stepIn(applied['apply'])['expected-plan']).toBe(planArtifact);
      expect(expired['expire']).toMatchObject({ environment: 'lease-end' });
      expect(stepIn(expired['expire'])).toMatchObject({ operation: 'revoke' });
      expect(callerOf(stepIn(expired['expire']))).not.toBe(callerOf(stepIn(applied['apply'])));
    });

    it('run one at a time where they change something, and none is stopped halfway', () => {
      const groups = ['apply', 'expire', 'drift'].map(
        (name) => (of(cloud, name) as unknown as { readonly concurrency: object }).concurrency,
      );
      for (const group of groups) expect(group).toMatchObject({ 'cancel-in-progress': false });
      expect(new Set(groups.map((it) => JSON.stringify(it))).size).toBe(groups.length);
    });
  });
});

describe('selectors in the documents', () => {
  const lines = steps.flatMap(({ inputs }) => evaluated(inputs['target'] ?? '').split('\n'));

  it.each([
    ['an account by name', /^account:/u],
    ['an organizational unit with all below', /^ou:\/.*\/\*\*$/u],
    ['an exclusion', /^!/u],
    ['what is outdated', /^outdated$/u],
    ['a subscription', /^subscription:/u],
    ['a resource group', /^resource-group:/u],
  ])('show %s in an example', (_what, pattern) => {
    expect(lines.some((line) => pattern.test(line))).toBe(true);
  });
});

describe('guards in the documents', () => {
  it.each(['allowed-principals', 'allowed-targets', 'allowed-roles', 'max-grants', 'require-ids'])(
    '%s stands in an example, and in no expression',
    (name) => {
      const shown = steps.flatMap(({ inputs }) => inputs[name] ?? []);
      expect(shown.length).toBeGreaterThan(0);
      for (const value of shown) expect(JSON.stringify(value)).not.toContain('${{');
    },
  );

  it('has every guard in its table, and every input about plans in that of plans', () => {
    const inputs = Object.keys(action.inputs);
    const guards = inputs.filter((name) => /^(?:allowed-(?!endpoints)|max-(?:grants|lifetime)|require-)/u.test(name));
    expect(guards.length).toBe(7);
    for (const name of guards) expect(readText('docs/guards.md')).toContain(`| \`${name}\` |`);
    for (const name of inputs.filter((it) => it.includes('plan'))) {
      expect(readText('docs/plan.md')).toContain(`| \`${name}\` |`);
    }
  });
});
