import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { evaluateCondition, evaluateText, type Scope } from '../../rehearsal/own/expressions.ts';
import { readText, root } from '../docs/repository.ts';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly if?: string;
  readonly with?: Readonly<Record<string, string>>;
}

type Jobs = Readonly<Record<string, Job>>;

/** A comment or an issue, as GitHub lists it. */
interface Item {
  readonly id: number;
  readonly number?: number;
  readonly user: { readonly login: string };
  readonly body: string | null;
  readonly pull_request?: object;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

const bot = { login: 'github-actions[bot]' };
const runUrl = 'https://github.com/octo-org/infra/actions/runs/77';

function jobsIn(file: string): Jobs {
  return (parse(readText(file)) as { readonly jobs: Jobs }).jobs;
}

function jobsOf(file: string): Jobs {
  return jobsIn(`setup/workflows/${file}.yml`);
}

/** The step of a job that uses an action. */
function stepWith(action: string, job: Job | undefined): Step | undefined {
  return job?.steps.find(({ uses }) => uses?.startsWith(`${action}@`));
}

/** The one script of a job of a shipped workflow, and the marker of its text. */
function scriptOf(file: string, job: string): { readonly run: string; readonly marker: string } {
  const [step, ...others] = (jobsOf(file)[job]?.steps ?? []).filter(({ run }) => run !== undefined);
  expect(others).toEqual([]);
  return { run: step?.run ?? '', marker: step?.env?.['MARKER'] ?? '' };
}

/** Runs a script as GitHub's runner does, beside what exists on GitHub. */
function runStep(
  script: { readonly run: string; readonly marker: string },
  items: readonly Item[],
  { files = {}, env = {}, isDown = false }: Readonly<{ files?: object; env?: object; isDown?: boolean }> = {},
): { readonly code: number | null; readonly calls: readonly Call[] } {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-access-step-'));
  try {
    const world = join(folder, 'world.json');
    writeFileSync(world, JSON.stringify({ items, calls: [], isDown }));
    for (const [path, text] of Object.entries(files) as [string, string][]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, 'bin'));
    const double = join(root, '__tests__/setup/cli/gh-double.ts');
    writeFileSync(join(folder, 'bin/gh'), `#!/usr/bin/env bash\nexec '${process.execPath}' '${double}' "$@"\n`);
    chmodSync(join(folder, 'bin/gh'), 0o755);
    const { status } = spawnSync('bash', ['-e', '-c', script.run], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...{ PATH: [join(folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter), WORLD: world },
        ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'octo-org/infra', GITHUB_RUN_ID: '77' },
        ...{ MARKER: script.marker, NUMBER: '12', RESULT: 'success', ...env },
      },
    });
    const { calls } = JSON.parse(readFileSync(world, 'utf8')) as { readonly calls: readonly Call[] };
    return { code: status, calls };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const clouds = [
  ['aws', ''],
  ['azure', '-azure'],
] as const;

describe.each(clouds)('the workflows of access on %s, as GitHub evaluates them', (cloud, end) => {
  // Artifacts outlive the attempt of a run that uploaded them.
  it('show no plan of an earlier attempt, whose artifact is still there', () => {
    const { plan, comment } = jobsOf(`${cloud}/access-plan${end}`);
    const upload = stepWith('actions/upload-artifact', plan);
    expect(plan?.outputs).toEqual({ uploaded: `\${{ steps.${upload?.id ?? ''}.outcome }}` });
    const download = stepWith('actions/download-artifact', comment);
    expect(download?.with?.['name']).toBe(upload?.with?.['name']);
    const downloads = (uploaded: string): boolean =>
      evaluateCondition(download?.if ?? null, {
        contexts: { needs: { plan: { result: 'failure', outputs: { uploaded } } } },
        standing: 'success',
        given: new Map(),
      });
    expect(['success', 'failure', 'skipped', ''].filter(downloads)).toEqual(['success']);
  });
});

// The scripts are for GitHub's runners of Linux.
(process.platform === 'win32' ? describe.skip : describe).each(clouds)(
  'the workflows of access on %s',
  (cloud, end) => {
    const comment = scriptOf(`${cloud}/access-plan${end}`, 'comment');
    const issue = scriptOf(`${cloud}/access-drift${end}`, 'issue');
    const plan = { files: { 'plan/cloud-access-plan-1.md': '**Plan**\n\n- `@octocat`\n' } };
    const comments = 'repos/octo-org/infra/issues/12/comments';

    it('write the plan into a new comment, with the marker first', () => {
      const { code, calls } = runStep(comment, [], plan);
      const body = `${comment.marker}\n**Plan**\n\n- \`@octocat\`\n\n[The run](${runUrl})\n`;
      expect({ code, calls }).toEqual({ code: 0, calls: [{ method: 'POST', path: comments, fields: { body } }] });
    });

    it('edit their own comment, and no other, whatever it contains (P11)', () => {
      const others: readonly Item[] = [
        { id: 1, user: { login: 'mallory' }, body: `${comment.marker}\nmine` },
        { id: 2, user: bot, body: `of another workflow\n${comment.marker}` },
        { id: 3, user: bot, body: '<!-- cloud-access: plan of another kind -->' },
      ];
      expect(runStep(comment, others, plan).calls).toMatchObject([{ method: 'POST', path: comments }]);
      const own = { id: 4, user: bot, body: `${comment.marker}\nold` };
      expect(runStep(comment, [...others, own, { ...own, id: 5 }], plan).calls).toMatchObject([
        { method: 'PATCH', path: 'repos/octo-org/infra/issues/comments/4' },
      ]);
    });

    it('say in the comment that there is no plan, so that nobody reads an old one', () => {
      const own = { id: 4, user: bot, body: `${comment.marker}\nold` };
      const [call] = runStep(comment, [own], { env: { RESULT: 'failure' } }).calls;
      expect(call).toMatchObject({ method: 'PATCH' });
      expect(call?.fields['body']).toContain('**The plan failed, ');
      expect(call?.fields['body']).toContain('There is no plan.');
    });

    it('say above a plan that was refused, such as one of too many removals, that it is not applied', () => {
      const [call] = runStep(comment, [], { ...plan, env: { RESULT: 'failure' } }).calls;
      const [marker, first, , ...rest] = call?.fields['body']?.split('\n') ?? [];
      expect([marker, first]).toEqual([comment.marker, expect.stringContaining('is not what a merge would do')]);
      expect(rest.join('\n')).toContain('**Plan**\n\n- `@octocat`\n');
      expect(jobsOf(`${cloud}/access-plan${end}`)['comment']?.steps.at(-1)?.env?.['RESULT']).toBe(
        '${{ needs.plan.result }}',
      );
    });

    it('write nothing where GitHub does not show what is there', () => {
      for (const [script, env] of [
        [comment, {}],
        [issue, { DRIFT: 'true' }],
      ] as const) {
        const { code, calls } = runStep(script, [], { ...plan, env, isDown: true });
        expect({ code: code !== 0, calls }).toEqual({ code: true, calls: [] });
      }
    });

    it('open one issue about drift, update it, and close it once there is none', () => {
      const issues = 'repos/octo-org/infra/issues';
      const others: readonly Item[] = [
        { id: 1, number: 1, user: { login: 'mallory' }, body: issue.marker },
        { id: 2, number: 2, user: bot, body: issue.marker, pull_request: {} },
        { id: 3, number: 3, user: bot, body: null },
      ];
      const own = { id: 4, number: 4, user: bot, body: `${issue.marker}\nold` };
      const [opened] = runStep(issue, others, { env: { DRIFT: 'true' } }).calls;
      expect(opened).toMatchObject({ method: 'POST', path: issues });
      expect(opened?.fields['body']).toContain(`${issue.marker}\n`);
      expect(opened?.fields['body']).toContain(runUrl);
      const [updated] = runStep(issue, [...others, own], { env: { DRIFT: 'true' } }).calls;
      expect(updated).toMatchObject({ method: 'PATCH', path: `${issues}/4` });
      const closed = runStep(issue, [...others, own], { env: { DRIFT: 'false' } }).calls;
      expect(closed).toEqual([{ method: 'PATCH', path: `${issues}/4`, fields: { state: 'closed' } }]);
    });

    it.each(['false', ''])('touch no issue where drift is "%s" and there is none of theirs', (DRIFT) => {
      expect(runStep(issue, [], { env: { DRIFT } })).toEqual({ code: 0, calls: [] });
    });

    it('leave the issue open where the inventory told nothing', () => {
      const own = { id: 4, number: 4, user: bot, body: issue.marker };
      expect(runStep(issue, [own], { env: { DRIFT: '' } })).toEqual({ code: 0, calls: [] });
    });
  },
);

/** The job that sends, of the workflow that all others call. */
const sending = jobsIn('.github/workflows/notice.yml')['notice'];

/** Workflows that change or compare something, the job that does, and the output that says whether there is anything to tell. */
const telling = clouds.flatMap(([cloud, end]) =>
  (
    [
      ['incident-access', 'lease', 'access', 'changed'],
      ['lease-by-review', null, 'access', 'changed'],
      ['release-a-lease', 'release', 'release', 'changed'],
      ['sweep-leases', 'sweep', 'sweep', 'changed'],
      ['access-apply', 'apply', 'apply', 'changed'],
      ['access-expire', null, 'expire', 'changed'],
      ['access-drift', 'drift', 'inventory', 'drift'],
    ] as const
  ).map(([name, called, job, output]) => ({
    ...{ file: `${cloud}/${name}${end}`, job, output },
    called: called === null ? null : `.github/workflows/${called}-${cloud}.yml`,
  })),
);

describe.each(telling)('notices and evidence of $file', ({ file, called, job, output }) => {
  const jobs = jobsOf(file);
  const { notice, evidence } = jobs;
  const scopeOf = (vars: object, result: string, told: string): Scope => ({
    contexts: { vars, needs: { [job]: { result, outputs: { [output]: told } } } },
    standing: result === 'success' ? 'success' : 'failure',
    given: new Map(),
  });
  const isRun = (of: Job | undefined, ...at: Parameters<typeof scopeOf>): boolean =>
    evaluateCondition(of?.if ?? null, scopeOf(...at));
  /** As GitHub does it: the condition of the call, then that of the called job, which knows only what it is given. */
  const isSent = (...at: Parameters<typeof scopeOf>): boolean => {
    const scope = scopeOf(...at);
    const inputs = Object.fromEntries(
      Object.entries(notice?.with ?? {}).map(([name, value]) => [name, evaluateText(value, scope)]),
    );
    // A job that needs none stands by itself, except in a run that was canceled.
    const contexts = { vars: at[0], inputs };
    const standing = at[1] === 'cancelled' ? 'failure' : 'success';
    return isRun(notice, ...at) && evaluateCondition(sending?.if ?? null, { ...scope, contexts, standing });
  };

  it('are off unless the variable of each is set, and then come also after a failure (P1)', () => {
    for (const [result, told, isNews] of [
      ['success', 'true', true],
      ['success', 'false', false],
      ['failure', '', true],
      ['cancelled', '', true],
      ['skipped', '', false],
    ] as const) {
      expect(isSent({}, result, told)).toBe(false);
      expect({ result, told, sent: isSent({ ACCESS_NOTICE: 'slack' }, result, told) }).toEqual({
        ...{ result, told },
        sent: isNews,
      });
      if (evidence === undefined) continue;
      for (const [ACCESS_EVIDENCE, isSigned] of [
        [undefined, false],
        ['artifact', false],
        ['attest', told === 'true'],
      ] as const)
        expect(isRun(evidence, { ACCESS_EVIDENCE }, result, told)).toBe(isSigned);
    }
    expect(evidence === undefined).toBe(output === 'drift');
  });

  it('are the same in every workflow', () => {
    const first = jobsOf('aws/sweep-leases');
    const same = (it: unknown): string =>
      JSON.stringify(it)
        .replaceAll(`needs.${job}.outputs.${output}`, 'needs.sweep.outputs.changed')
        .replaceAll(new RegExp(`(?<=needs[.":]+)${job}\\b`, 'gu'), 'sweep');
    expect(same(notice)).toBe(JSON.stringify(first['notice']));
    if (evidence !== undefined) expect(same(evidence)).toBe(JSON.stringify(first['evidence']));
    // Beside the called file `./` is the same repository at the same commit.
    const uses = './.github/workflows/notice.yml';
    if (called !== null) expect(jobsIn(called)['notice']).toEqual({ ...notice, uses });
    const id = jobs[job]?.steps.find(({ uses }) => uses?.startsWith('OWNER/cloud-access@'))?.id;
    const outputs = {
      message: `\${{ steps.${id ?? ''}.outputs.message }}`,
      [output]: `\${{ steps.${id ?? ''}.outputs.${output} }}`,
    };
    expect(jobs[job]?.outputs).toEqual(outputs);
  });

  it('pin every action by its full SHA, with the version beside it', () => {
    const used = readText(`setup/workflows/${file}.yml`)
      .split('\n')
      .filter((line) => /\buses:/u.test(line) && !line.includes('OWNER/'));
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
  });
});

// The scripts are for GitHub's runners of Linux, which have jq.
const hasJq = process.platform !== 'win32' && spawnSync('jq', ['--version']).status === 0;

(hasJq ? describe : describe.skip)('the script of a notice', () => {
  const { run = '' } = sending?.steps[0] ?? {};
  const message = `"; $(touch pwned) \`id\` \\(1) \${{ 1 }} 'quoted' ＜at＞`;
  const text = `${message} (job: failure) ${runUrl}`;
  const webhook = 'https://hooks.example/secret-path';

  const sent = (
    KIND: string,
    curl = 0,
  ): { readonly body: unknown; readonly posted: string; readonly said: string; readonly code: number | null } => {
    const folder = mkdtempSync(join(tmpdir(), 'cloud-access-notice-'));
    try {
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin/curl'), `#!/bin/sh\nprintf '%s ' "$@" > posted\nexit ${curl}\n`);
      chmodSync(join(folder, 'bin/curl'), 0o755);
      const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-e', '-c', run], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...{ PATH: [join(folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter), KIND, URL: webhook },
          ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'octo-org/infra', GITHUB_RUN_ID: '77' },
          ...{ MESSAGE: message, RESULT: 'failure' },
        },
      });
      const read = (name: string): string => {
        const path = join(folder, name);
        return existsSync(path) ? readFileSync(path, 'utf8') : '';
      };
      expect(existsSync(join(folder, 'pwned'))).toBe(false);
      return { body: JSON.parse(read('notice.json')), posted: read('posted'), said: stdout + stderr, code: status };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('sends the text as it is, whatever it contains (P7)', () => {
    const { body, posted, said, code } = sent('webhook');
    expect({ body, code, said }).toEqual({ body: { text }, code: 0, said: '' });
    expect(posted).toContain(`--data @notice.json --url ${webhook} `);
  });

  it('makes an Adaptive Card for Teams, and leaves Slack to its action', () => {
    expect(sent('teams').body).toMatchObject({
      type: 'message',
      attachments: [{ content: { type: 'AdaptiveCard', body: [{ type: 'TextBlock', text, wrap: true }] } }],
    });
    expect(sent('slack')).toMatchObject({ body: { text }, posted: '', code: 0 });
  });

  it('stays green where it cannot be sent, says so, and shows no secret (P7)', () => {
    const { said, code } = sent('webhook', 22);
    expect({ said, code }).toEqual({ said: '::warning::The notice was not sent.\n', code: 0 });
  });
});
