import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocks } from './markdown.ts';
import { readText, root } from './repository.ts';

/** What the files of docs/policies have of the examples, and nobody else has. */
const placeholder =
  /\b\d{12}\b|ssoins-\w+|\bd-[0-9a-f]{10}\b|ps-[0-9a-f]{16}|[a-z]+-east-1|octo-org|9919|74901|11111111-2222-4333-8444-555555555501|2a2b9908-6ea1-4ae2-8e65-a410df84e7d1|4633458b-17de-408a-b874-0445c86b69e6/gu;

const scripts = blocks(readText('docs/setup-by-hand.md'))
  .filter(({ language, text }) => language === 'sh' && text.includes('mkdir -p own'))
  .map(({ text }) => text);

/** Writes the copies with other values, and gives their texts by their names. */
function copies(script: string, values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-access-by-hand-'));
  try {
    symlinkSync(join(root, 'docs'), join(folder, 'docs'));
    const own = Object.entries(values).reduce(
      (text, [name, value]) => text.replace(new RegExp(`^${name}=(?:'[^']*'|\\S+)`, 'mu'), `${name}='${value}'`),
      script,
    );
    const { status, stderr } = spawnSync('bash', ['--norc', '-euc', own], { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const names = readdirSync(join(folder, 'own'));
    return new Map(names.map((name) => [name, readFileSync(join(folder, 'own', name), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function placeholdersIn(text: string): readonly string[] {
  return [...new Set(text.match(placeholder))].toSorted();
}

const [aws = '', azure = ''] = scripts;

// Windows has no such shell everywhere.
(process.platform === 'win32' ? describe.skip : describe)(
  'the commands that put one’s own values into the policies',
  () => {
    it('leave no value of the examples in what AWS takes, and JSON', () => {
      const files = copies(aws, {
        region: 'eu-west-3',
        here: '222200000001',
        management: '222200000002',
        instance: 'ssoins-9999aaaa9999aaaa',
        store: 'd-9999aaaa99',
        set: 'ps-9999aaaa9999aaaa',
        first: '222200000003',
        second: '222200000004',
        third: '222200000005',
        repository: 'acme/ops',
        immutable: 'acme@1/ops@2',
        id: '222200000006',
        workflow: 'lease.yml@refs/heads/trunk',
      });
      const own = new Set([...aws.matchAll(/^(?<name>\w+)=/gmu)].map(({ groups }) => groups?.['name']));
      expect(own.size).toBe(13);
      const shown = [...files].filter(([name]) => !name.startsWith('azure-'));
      expect(shown.length).toBeGreaterThan(10);
      for (const [name, text] of shown) {
        const left = placeholdersIn(text).filter((it) => !/^2222|9999aaaa/u.test(it));
        expect({ name, left }).toEqual({ name, left: [] });
        expect(() => JSON.parse(text) as unknown).not.toThrow();
      }
      expect(files.get('lease-sweeper-trust.json')).toContain('"repo:acme/ops:environment:lease-end"');
      for (const name of ['trust-name.json', 'trust-immutable.json']) {
        expect(files.get(name)).toContain('repository_id": "222200000006"');
        expect(files.get(name)).toContain('"acme/ops/.github/workflows/lease.yml@refs/heads/trunk"');
      }
      expect(files.get('trust-immutable.json')).toContain('"repo:acme@1/ops@2:environment:production-access"');
    });

    it('leave no value of the examples in what Azure takes', () => {
      const values = {
        subscription: '22220000-0000-4000-8000-aaaaaaaaaaa1',
        repository: 'acme/ops',
        immutable: 'acme@1/ops@2',
        roles: '22220000-0000-4000-8000-aaaaaaaaaaa2, 22220000-0000-4000-8000-aaaaaaaaaaa3',
      };
      const files = copies(azure, values);
      expect([...files.keys()].filter((name) => name !== 'azure-credential-sweeper.json').toSorted()).toEqual(
        readdirSync(join(root, 'docs/policies')).filter((name) => name.startsWith('azure-')),
      );
      expect(files.get('azure-credential-sweeper.json')).toContain('"repo:acme/ops:environment:lease-end"');
      for (const [name, text] of files) expect({ name, left: placeholdersIn(text) }).toEqual({ name, left: [] });
      expect(files.get('azure-condition.txt')).toContain(`{${values.roles}}`);
    });

    it('change nothing with the values of the examples, but for the permission set', () => {
      for (const [name, text] of [...copies(azure, {}), ...copies(aws, {})]) {
        if (name === 'azure-credential-sweeper.json') continue;
        const there = readText(`docs/policies/${name}`);
        expect(text).toBe(there.replaceAll(/ps-[0-9a-f]{16}/gu, 'ps-3c4d5e6f708192a3'));
      }
    });
  },
);
