import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Declarations } from '../../src/access/declaration.ts';
import { commonInputs } from '../../src/access/inputs.ts';
import type { Result } from '../../src/access/outcome.ts';
import { setOutputs, setRefused, startedOutputs } from '../../src/action/report/outputs.ts';
import { toRecord } from '../../src/action/report/results.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { version } from '../../src/step-tools.ts';
import { metadataFaults } from './metadata.ts';
import { action, documents, readText, root, sources, translations } from './repository.ts';
import { workflowFiles } from './yaml-examples.ts';

const own: readonly (readonly [string, Declarations])[] = [
  ['every cloud', commonInputs],
  ['aws', awsDeclaration.inputs],
  ['azure', azureDeclaration.inputs],
];
const declared: Declarations = Object.assign({}, ...own.map(([, inputs]) => inputs)) as Declarations;

describe('the inputs of action.yml', () => {
  it('are those that the source declares, with the same defaults', () => {
    const inManifest = Object.entries(action.inputs).map(([name, it]) => [name, it.default ?? '']);
    const inSource = Object.entries(declared).map(([name, { fallback }]) => [name, fallback]);
    expect(Object.fromEntries(inManifest)).toEqual(Object.fromEntries(inSource));
  });

  it('belong to one cloud each, or to all', () => {
    const names = own.flatMap(([, inputs]) => Object.keys(inputs));
    expect(names.length).toBe(new Set(names).size);
  });

  it('that are required have no default, and are read as missing when they are empty', () => {
    const required = Object.entries(action.inputs).filter(([, it]) => it.required === true);
    expect(required.map(([name]) => name)).toEqual(['cloud']);
    for (const [, it] of required) expect(it.default).toBeUndefined();
  });

  it('have examples that their own parsers take', () => {
    for (const [name, { example, parse: understand }] of Object.entries(declared)) {
      expect({ name, parsed: understand(example) }).toMatchObject({ name, parsed: { ok: true } });
    }
  });
});

describe('the outputs of action.yml', () => {
  let folder: string;
  const before = process.env['GITHUB_OUTPUT'];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cloud-access-outputs-'));
    process.env['GITHUB_OUTPUT'] = join(folder, 'output');
    writeFileSync(join(folder, 'output'), '');
  });

  afterEach(() => {
    if (before === undefined) delete process.env['GITHUB_OUTPUT'];
    else process.env['GITHUB_OUTPUT'] = before;
    rmSync(folder, { recursive: true });
  });

  const names = (): readonly string[] =>
    [...readFileSync(join(folder, 'output'), 'utf8').matchAll(/^(?<name>[\w-]+)<<ghadelimiter_/gmu)].map(
      ({ groups }) => groups?.['name'] ?? '',
    );

  it('are exactly those that a step sets that knows its grants', () => {
    setOutputs([result], [toRecord(result)], 'results.json', { file: '', markdown: '', digest: '' }, null, '');
    expect(names().toSorted()).toEqual(Object.keys(action.outputs).toSorted());
  });

  it('hold those that a step sets before it knows them', () => {
    setRefused('why', 'Failed.', '/tmp/results.json');
    startedOutputs()({
      change: { kind: 'create', grant: result.grant, seen: null },
      requestId: 'id',
      call: 'X',
      state: 'IN_PROGRESS',
      assignmentId: '/…/roleAssignments/1',
    });
    const early = ['status', 'message', 'request-id', 'assignment-id', 'failure-reason', 'changed', 'results'];
    expect(names()).toEqual(expect.arrayContaining(early));
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining([...names()]));
  });

  it('are set in one file of the source', () => {
    const elsewhere = sources().replace(readText('src/action/report/outputs.ts'), '');
    expect(elsewhere).not.toContain('setOutput(');
  });
});

const result: Result = {
  grant: {
    kind: 'assignment',
    principal: { id: 'p', name: null, type: 'GROUP' },
    role: { id: 'r', name: null },
    target: { id: 't', name: null },
  },
  action: 'create',
  outcome: { status: 'SUCCEEDED', changed: true, requestId: 'id', remark: null },
  seen: null,
  lease: null,
  startedAt: 0,
  endedAt: 1,
};

describe('action.yml', () => {
  const manifest = parse(readText('action.yml')) as Record<string, unknown>;
  const exists = (path: string): boolean => existsSync(join(root, path));

  it('is what the runner and the Marketplace take', () => {
    expect(metadataFaults(manifest, exists)).toEqual([]);
  });

  it.each([
    ['a misspelt key', { ...manifest, brandng: {} }, 'brandng'],
    ['an icon that the Marketplace leaves out', { ...manifest, branding: { icon: 'key', color: 'blue' } }, 'icon'],
    ['a colour that is none', { ...manifest, branding: { icon: 'unlock', color: 'pink' } }, 'color'],
    ['an old Node', { ...manifest, runs: { using: 'node20', main: 'dist/main.js' } }, 'node24'],
    ['a file that is missing', { ...manifest, runs: { using: 'node24', main: 'dist/mine.js' } }, 'dist/mine.js'],
    [
      'an input without description',
      { ...manifest, inputs: { cloud: { required: true } } },
      'inputs.cloud.description',
    ],
    [
      'a default that is no text',
      { ...manifest, inputs: { wait: { description: 'W.', default: true } } },
      'inputs.wait.default',
    ],
  ])('with %s would be noticed', (_what, broken, fault) => {
    expect(metadataFaults(broken, exists).join('\n')).toContain(fault);
  });

  it('describes each input and output in sentences', () => {
    for (const it of Object.values({ ...action.inputs, ...action.outputs })) {
      expect((it as { readonly description: string }).description).toMatch(/^[A-Z`][^]*\.$/u);
    }
  });
});

describe('the version', () => {
  const { version: packaged } = JSON.parse(readText('package.json')) as { readonly version: string };

  it('is the same in the source, package.json, package-lock.json and the changelog', () => {
    const lock = JSON.parse(readText('package-lock.json')) as { readonly version: string };
    expect({ source: version, lock: lock.version }).toEqual({ source: packaged, lock: packaged });
    expect(readText('CHANGELOG.md')).toContain(`## [${packaged}]`);
  });

  it('is of the major version that the examples use', () => {
    const used = [...documents, ...translations, ...workflowFiles].flatMap(
      (file) => readText(file).match(/(?<=OWNER\/)cloud-access@[^\s`|]+/gu) ?? [],
    );
    expect(used.length).toBeGreaterThan(40);
    expect(new Set(used)).toEqual(new Set([`cloud-access@v${packaged.split('.')[0] ?? ''}`]));
  });
});
