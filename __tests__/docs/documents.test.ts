import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { anchor, blocks, headings, localLinks } from './markdown.ts';
import { operations as allOperations } from '../../src/access/request.ts';
import { documents, readText, root, sources, translations } from './repository.ts';
import { faultsOf, ownSteps } from './workflow-steps.ts';
import { yamlExamples } from './yaml-examples.ts';

const yaml = yamlExamples.map(({ document, line, text }) => ({ name: `${document}:${line}`, text }));

function parsed(text: string): unknown {
  const all = parseAllDocuments(text, { uniqueKeys: true });
  for (const document of all) expect([...document.errors, ...document.warnings]).toEqual([]);
  return all.map((document) => document.toJS() as unknown);
}

describe('YAML in the documents', () => {
  it.each(yaml)('$name parses', ({ text }) => {
    parsed(text);
  });

  it.each(yaml)('$name gives this action only inputs that it takes', ({ text }) => {
    for (const inputs of ownSteps(parsed(text))) expect(faultsOf(inputs)).toEqual([]);
  });

  it('shows every operation, and the action in whole workflows too', () => {
    const steps = yaml.flatMap(({ text }) => ownSteps(parsed(text)));
    const operations = new Set(steps.map((inputs) => inputs['operation']));
    expect([...operations]).toEqual(expect.arrayContaining([...allOperations]));
    for (const cloud of ['aws', 'azure']) {
      const shown = new Set(steps.filter((inputs) => inputs['cloud'] === cloud).map((inputs) => inputs['operation']));
      expect([...shown]).toEqual(expect.arrayContaining(['assign', 'revoke']));
    }
    expect(yaml.some(({ text }) => /^jobs:$/mu.test(text) && text.includes('id-token: write'))).toBe(true);
  });

  it.each([
    ['an unknown input', { roles: 'ReadOnlyAccess' }, 'roles is no input'],
    ['a value that is none', { operation: 'grant' }, 'operation "grant" is not one of'],
    ['an unquoted account id', { target: 12345678901 }, 'target is 12345678901, unquoted'],
    ['an input of the other cloud', { 'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001' }, 'azure-tenant-id'],
  ])('a step with %s is seen', (_what, wrong, fault) => {
    const right = { cloud: 'aws', principal: 'group:G', role: 'R', target: '123456789012', 'aws-region': 'us-east-1' };
    expect(faultsOf(right)).toEqual([]);
    expect(faultsOf({ ...right, ...wrong }).join('\n')).toContain(fault);
  });

  it.each([
    [
      'no subscription for a resource group',
      { 'azure-subscription-id': '' },
      'it is the subscription of a target resource-group:<name>',
    ],
    ['a client id in no directory', { 'azure-tenant-id': '' }, 'This input is required with azure-client-id'],
    [
      'a variable that nobody set',
      { 'azure-client-id': '${{ vars.NOBODY }}' },
      'azure-client-id This input is empty: the expression returned nothing.',
    ],
    ['a malformed scope', { target: 'subscriptions/1' }, '"subscriptions/1" is not a full scope'],
  ])('a step on Azure with %s is seen', (_what, wrong, fault) => {
    const right = {
      cloud: 'azure',
      principal: 'group:G',
      role: 'R',
      target: 'resource-group:payments-prod',
      'azure-client-id': '${{ vars.AZURE_CLIENT_ID }}',
      'azure-tenant-id': '${{ vars.AZURE_TENANT_ID }}',
      'azure-subscription-id': '${{ vars.AZURE_SUBSCRIPTION_ID }}',
    };
    expect(faultsOf(right)).toEqual([]);
    expect(faultsOf({ ...right, ...wrong }).join('\n')).toContain(fault);
  });
});

const shownPolicies = ['azure-credential-environment.json', 'trust-name.json', 'trust-reusable.json'];

interface Changes {
  /** What the copy has of the tests: with all of them, which takes a second at each run, the proof is written too. */
  readonly tests: string;
  readonly those: readonly (readonly [file: string, old: string, now: string, part: string])[];
}

/**
 * A text of a file, another in its place, and the part that is out of date then. Each run of the generator takes long, so
 * those that show in different parts are changed together.
 */
const changes: Readonly<Record<string, Changes>> = {
  'what the parts are made of, a template, the schema of estates, and the promise of a test': {
    tests: '__tests__',
    those: [
      ['action.yml', 'default: assign', 'default: revoke', 'inputs in docs/reference.md'],
      ['action.yml', 'ID of the principal.', 'Something else.', 'outputs in docs/reference.md'],
      ['docs/policies/trust-name.json', '"Grant"', '"Allow"', 'trust-name.json in docs/setup-by-hand.md'],
      [
        'docs/policies/azure-sweeper.json',
        'roleAssignments/delete',
        'locks/delete',
        'policies-azure in docs/permissions.md',
      ],
      [
        'docs/policies/azure-condition.txt',
        "{'User', 'Group'}",
        "{'User'}",
        'azure-condition.txt in docs/setup-by-hand.md',
      ],
      ['docs/signing-in.md', 'login.microsoftonline.us', 'login.example.com', 'azure-clouds in docs/signing-in.md'],
      ['__tests__/models/figures.json', '"states": 4', '"states": 5', 'short-worlds in docs/design/model.md'],
      ['rehearsal/estate.schema.json', '"managementAccount", "accounts"', '"accounts"', 'rehearsal/estate.schema.json'],
      [
        'docs/policies/lease-sweeper.json',
        'sso:ListAccountAssignments',
        'sso:ListPermissionSets',
        'lease-sweeper.json in setup/aws.yaml',
      ],
      ['setup/aws.yaml', '- sso:DescribePermissionSet', '- sso:*', 'lease-broker.json in setup/aws.yaml'],
      [
        '__tests__/scenario/revoke.test.ts',
        "success and the access still exists (P1)', async",
        "success and the access is still there (P2)', async",
        'docs/proof.md',
      ],
    ],
  },
  'a table itself, and a role that a template has': {
    tests: '__tests__/models',
    those: [
      ['docs/reference.md', 'ID of the principal.', 'Something else.', 'outputs in docs/reference.md'],
      [
        'docs/policies/azure-sweeper.json',
        'Microsoft.Resources/subscriptions/read',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
        'azure-sweeper.json in setup/azure.bicep',
      ],
    ],
  },
};

describe('the generated parts of documents', () => {
  it('are there', () => {
    const text = ['reference', 'reusable-workflows', 'setup-by-hand'].map((it) => readText(`docs/${it}.md`)).join('');
    const names = [...text.matchAll(/<!-- begin: (?<name>\S+) -->/gu)].map(({ groups }) => groups?.['name']);
    const policies = [...shownPolicies, 'azure-condition.txt'];
    expect(names.toSorted()).toEqual(['inputs', 'outputs', ...policies].toSorted());
    expect(readText('docs/signing-in.md')).toContain('<!-- begin: azure-clouds -->');
  });

  it('say what action.yml and docs/policies say', () => {
    const { stdout, status } = docs(root, '--check');
    expect({ stdout, status }).toMatchObject({ status: 0 });
  });

  it.each(Object.entries(changes))(
    'are out of date after changes, until they are written anew: %s',
    (_which, { tests, those }) => {
      const copy = copyOf(['action.yml', 'docs', 'setup', 'rehearsal/estate.schema.json', tests, 'peers']);
      try {
        for (const [file, old, now] of those) {
          const text = readFileSync(join(copy, file), 'utf8');
          expect({ file, old, there: text.includes(old) }).toEqual({ file, old, there: true });
          writeFileSync(join(copy, file), text.replace(old, now));
        }
        const { status, stdout } = docs(copy, '--check');
        expect({ status, unseen: those.filter(([, , , part]) => !stdout.includes(part)) }).toEqual({
          status: 1,
          unseen: [],
        });
        expect(docs(copy)).toMatchObject({ status: 0 });
        expect(docs(copy, '--check')).toMatchObject({ status: 0 });
      } finally {
        rmSync(copy, { recursive: true });
      }
    },
  );

  it('JSON that is shown anywhere in the documents equals a file of docs/policies', () => {
    const shown = documents.flatMap((name) => blocks(readText(name)).filter(({ language }) => language === 'json'));
    const kept = shownPolicies.map((name) => readText(`docs/policies/${name}`));
    expect(shown.length).toBe(kept.length);
    for (const { text } of shown) expect(kept).toContain(text);
  });
});

function docs(
  folder: string,
  ...options: readonly string[]
): { readonly stdout: string; readonly status: number | null } {
  return spawnSync(process.execPath, [join(root, 'scripts/docs.ts'), ...options], { cwd: folder, encoding: 'utf8' });
}

function copyOf(paths: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'cloud-access-docs-'));
  for (const path of paths) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  return copy;
}

describe('references', () => {
  it.each([...documents, ...translations])('every link in %s that stays in the repository leads somewhere', (name) => {
    const dead = localLinks(readText(name)).filter((link) => {
      const [path = '', fragment] = link.split('#');
      const file = path === '' ? name : join(dirname(name), path);
      if (!existsSync(join(root, file))) return true;
      return fragment !== undefined && !headings(readText(file)).some((heading) => anchor(heading) === fragment);
    });
    expect(dead).toEqual([]);
  });

  it('every section that an error names is in the document that it names', () => {
    const forms = [/"(?<title>[^"\n]+)" in (?<file>[\w/]+\.md)/gu, /(?<file>[\w/]+\.md), "(?<title>[^"\n]+)"/gu];
    const text = sources();
    const named = forms
      .flatMap((form) => [...text.matchAll(form)])
      .map(({ groups }) => ({ file: groups?.['file'] ?? '', title: groups?.['title'] ?? '' }));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter(({ file, title }) => !headings(readText(file)).includes(title))).toEqual([]);
  });

  it('every document that an error names is there', () => {
    const named = new Set([...sources().matchAll(/\bdocs\/[\w-]+\.md/gu)].map(([path]) => path));
    expect(named.size).toBeGreaterThan(1);
    expect([...named].filter((path) => !documents.includes(path))).toEqual([]);
  });

  it('every file that docs/design/architecture.md names is in the source', () => {
    const text = readText('docs/design/architecture.md');
    const named = [...text.matchAll(/`(?<path>(?:src\/)?(?:\w+\/)?[\w-]+\.ts)`/gu)].map(
      ({ groups }) => groups?.['path'] ?? '',
    );
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/'),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(
      named.filter((path) => !files.some((it) => `src/${it}`.endsWith(`/${path.replace(/^src\//u, '')}`))),
    ).toEqual([]);
  });

  it('every npm script that is named exists, with the file that it runs', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const text = documents.map(readText).join('\n');
    const named = [...text.matchAll(/npm run (?<name>[\w:-]+)/gu)].map(({ groups }) => groups?.['name'] ?? '');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    for (const name of named) {
      const file = /node24\.mjs (?<file>\S+\.ts)/u.exec(scripts[name] ?? '')?.groups?.['file'];
      if (file !== undefined) expect({ name, exists: existsSync(join(root, file)) }).toEqual({ name, exists: true });
    }
  });
});
