import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadEstate, type Estate } from '../../rehearsal/estate.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { byIds, byNames, errors, ids, inWorld, repository, step } from './support.ts';

/** Texts that want to be a command of the runner, an output, HTML, markdown or a cell of their own. */
const hostile: readonly (readonly [string, string])[] = [
  ['a command on a line of its own', 'x\n::error title=forged::forged'],
  ['an output by the old command', '\n::set-output name=status::SUCCEEDED'],
  ['a command after a carriage return', 'x\r::warning::forged'],
  ['a command after a line separator', 'x\u2028::notice::forged\u2029::notice::forged\u0085::notice::forged'],
  ['a command at the very beginning', '::add-mask::123456789012'],
  ['a command behind white space', ' \t::stop-commands::forged'],
  ['an old command anywhere', 'x ##[set-output name=status;]SUCCEEDED'],
  ['an old command in an old command', '##[##[error]]forged ###[error]forged'],
  ['an escaped line end', 'x%0A::error::forged%0D::error::forged'],
  ['an entry of a command file', 'x\nstatus<<EOF\nSUCCEEDED\nEOF\nchanged=false'],
  ['HTML', '</td></tr></table><h1>forged</h1><img src=x onerror=alert(1)><!--'],
  ['cells and rows of markdown', 'a | b |\n| --- | --- |\n| forged | x |'],
  [
    'markdown',
    '# forged **x** _x_ `x` [x](https://evil.example) ![x](https://evil.example/x.png) @octocat #1 ~~x~~ $x$',
  ],
  ['terminal control characters', '\u001B[2J\u001B[31mforged\u0007\u0000\u202Eforged'],
];

/** As one line of an input: lines end there, and no environment variable has a NUL. */
const oneLine = (text: string): string => text.replaceAll(/[\n\r\0]/gu, ' ').trim();

const metadata = parse(readFileSync(`${repository}action.yml`, 'utf8')) as {
  readonly outputs: Readonly<Record<string, unknown>>;
};
const commandsOfOurs = new Set(['add-mask', 'debug', 'group', 'endgroup', 'error', 'warning', 'notice']);

/** Nothing that a text from outside said was taken for something of ours. */
function expectNothingForged(world: World, result: StepResult): void {
  const names = result.commands.map(({ name }) => name);
  expect(names.filter((name) => !commandsOfOurs.has(name))).toEqual([]);
  expect(result.annotations.filter(({ message, title }) => /^\s*forged/u.test(message) || title === 'forged')).toEqual(
    [],
  );
  for (const { title } of result.annotations) expect(title ?? 'cloud-access').toMatch(/^cloud-access/u);
  expect(Object.keys(result.outputs).filter((name) => !Object.hasOwn(metadata.outputs, name))).toEqual([]);
  expect(result.exported).toEqual({});
  expect(result.addedPaths).toEqual([]);
  expect(result.masks.filter((mask) => !world.secrets().includes(mask))).toEqual([]);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(result.stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E]/u);
  expectPlainSummary(result.summary);
}

/** One table of equal rows and plain paragraphs: no other element, no markdown, no cell too many. */
function expectPlainSummary(summary: string): void {
  const elements = new Set(
    [...summary.matchAll(/<\/?(?<name>[a-z0-9]+)/giu)].map((match) => match.groups?.['name']?.toLowerCase()),
  );
  for (const name of elements) expect(['h3', 'table', 'tr', 'th', 'td', 'p', 'br']).toContain(name);
  expect(summary.match(/<table>/gu)?.length ?? 0).toBeLessThanOrEqual(1);
  const widths = [...summary.matchAll(/<tr>(?<row>.*?)<\/tr>/gsu)].map(
    ({ groups }) => groups?.['row']?.match(/<t[hd]/gu)?.length,
  );
  expect(new Set(widths).size).toBeLessThanOrEqual(1);
  expect(summary).not.toMatch(/[|`*[\]~@]|<!--|^\s*#/mu);
}

describe('a hostile text forges no command, no output and no cell', () => {
  it.each(hostile)('in the reason of a failure: %s', (_, text) =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason: `AWS says: ${text}` });
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({
        status: 'FAILED',
        changed: 'false',
        'failure-reason': `AWS says: ${text}`,
      });
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expectNothingForged(world, result);
    }),
  );

  it.each(hostile)('in the message of an error: %s', (_, text) =>
    inWorld({}, async (world) => {
      const refused = { kind: 'error', status: 400, code: 'AccessDeniedException', message: text } as const;
      world.script.fault({ operation: 'ListAccountAssignments', times: 9 }, refused);
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expect(result.outputs['status']).toBe('FAILED');
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expectNothingForged(world, result);
    }),
  );

  it.each(hostile)('in names that the cloud has: %s', (_, text) => {
    const estate = withNames(text);
    return inWorld({ estate }, async (world) => {
      const found = await step(world, { ...byNames, target: 'account:payments-prod', role: 'ReadOnlyAccess' });
      expect(found.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'target-id': ids.prod });
      expectNothingForged(world, found);
      const near = await step(world, { ...byIds, target: `account:${oneLine(text)}Q` });
      expect(near.exitCode).toBe(1);
      expect(errors(near)).toContain('Close: ');
      expectNothingForged(world, near);
    });
  });

  it.each(hostile)('in inputs: %s', (_, text) =>
    inWorld({}, async (world) => {
      const line = oneLine(text);
      const named = await step(world, { ...byIds, principal: `group:${line}` });
      expect(named.exitCode).toBe(1);
      expectNothingForged(world, named);
      const value = text.replaceAll('\0', ''); // no environment variable has one
      const faulty = await step(world, {
        ...byIds,
        role: value,
        target: value,
        timeout: value,
        'aws-audience': value,
        operation: value,
      });
      expect(faulty.exitCode).toBe(1);
      expect(faulty.requests).toEqual([]);
      expectNothingForged(world, faulty);
    }),
  );
});

/** The hostile text as name of the instance and as display name of a principal; a near match of an account. */
function withNames(text: string): Estate {
  const estate = loadEstate();
  const { organization } = estate;
  if (organization === undefined) throw new Error('the estate has an organization');
  return {
    ...estate,
    instances: estate.instances.map((instance) => ({ ...instance, name: text })),
    organization: {
      ...organization,
      accounts: [...organization.accounts, { id: '888800001111', name: text, parent: organization.root.id }],
    },
  };
}

describe('a hostile name', () => {
  it('of a group that is granted is shown as it is, and harmless', () => {
    const name = '"evil | <b>x</b> ##[set-output name=status;]FAILED ::error::forged';
    const estate = loadEstate();
    const groups = [...estate.groups, { id: '84a8f408-6091-7017-9b2e-5d4c3b2a1f22', displayName: name }];
    return inWorld({ estate: { ...estate, groups } }, async (world) => {
      const result = await step(world, { ...byIds, principal: `group:${name}` });
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        'principal-id': '84a8f408-6091-7017-9b2e-5d4c3b2a1f22',
      });
      const [record] = JSON.parse(result.outputs['results'] ?? '[]') as readonly Readonly<Record<string, unknown>>[];
      expect(record?.['principal-name']).toBe(name);
      expect(result.log).toContain('"evil | <b>x</b>');
      expectNothingForged(world, result);
    });
  });

  it('of a workflow, a branch or an environment is shown in the claims of a refused token, and harmless', () =>
    inWorld({}, async (world) => {
      const text = 'x\n::error title=forged::forged ##[error]forged <b>';
      const result = await step(world, byIds, {
        context: { environment: text, workflow: text, ref: `refs/heads/${text}`, actor: text },
      });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('AccessDenied');
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expectNothingForged(world, result);
    }));

  it('of an error code or an HTML page of a proxy is no command either', () =>
    inWorld({}, async (world) => {
      const code = 'x\n::error title=forged::forged';
      world.script.fault(
        { operation: 'ListAccountAssignments', times: 9 },
        { kind: 'error', status: 400, code: 'Bad ##[error]forged', message: code },
      );
      const coded = await step(world, byIds);
      expect(coded.exitCode).toBe(1);
      expectNothingForged(world, coded);
      const page = '<html>\n::set-output name=status::SUCCEEDED\n##[error]forged</html>';
      world.script.fault({ operation: 'ListAccountAssignments', times: 1 }, { kind: 'http', status: 400, body: page });
      const paged = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expectNothingForged(world, paged);
    }));
});
