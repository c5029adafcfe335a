import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { root } from '../../__tests__/docs/repository.ts';
import { isAccessFile, yamlExamples } from '../../__tests__/docs/yaml-examples.ts';
import { command } from '../command.ts';
import { itWith, pathOf } from '../found.ts';

/** What others' tools say of every workflow of the repository and of its documents, and of action.yml. */

const policy = fileURLToPath(new URL('zizmor.yml', import.meta.url));

/** A workflow as it is; a list of steps, or members of a job, in the smallest workflow around them. */
function workflowOf(yaml: string): string | null {
  if (/^on:/mu.test(yaml)) return yaml;
  if (yaml.startsWith('- ')) return `${around(yaml)}    steps:\n${indented(yaml, '      ')}`;
  return /^steps:/mu.test(yaml) ? `${around(yaml)}${indented(yaml, '    ')}` : null;
}

/** The beginning of a workflow with the inputs that its steps name. */
function around(steps: string): string {
  const names = new Set([...steps.matchAll(/\binputs\.(?<name>[\w-]+)/gu)].map(({ groups }) => groups?.['name'] ?? ''));
  const inputs = [...names].map((name) => `      ${name}: { type: string, required: true }\n`).join('');
  const event = inputs === '' ? 'on: workflow_dispatch\n' : `on:\n  workflow_dispatch:\n    inputs:\n${inputs}`;
  return `name: Example\n${event}permissions: {}\njobs:\n  example:\n    runs-on: ubuntu-latest\n`;
}

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gmu, by);
}

const examples = yamlExamples
  .filter(({ text }) => !isAccessFile(text))
  .map(({ document, line, text }) => ({
    name: `${document.replaceAll(/[/.]/gu, '-')}-${line}.yml`,
    text: workflowOf(text),
  }));

/** Members of the context `job` that actionlint does not know yet. Source: GitHub Docs, contexts reference, job context. */
const newer = 'property "workflow_(?:repository|sha)" is not defined in object type';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloud-access-opinions-'));
  const workflows = join(folder, '.github', 'workflows');
  mkdirSync(workflows, { recursive: true });
  cpSync(join(root, '.github'), join(folder, '.github'), { recursive: true });
  cpSync(join(root, 'action.yml'), join(folder, 'action.yml'));
  for (const { name, text } of examples) if (text !== null) writeFileSync(join(workflows, name), text);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('workflows of the repository and of its documents', () => {
  it('are all looked at', () => {
    expect(examples.filter(({ text }) => text === null)).toEqual([]);
    expect(examples.length).toBeGreaterThan(40);
  });

  itWith('actionlint')('have no finding of actionlint', async () => {
    const workflows = join(folder, '.github', 'workflows');
    const files = readdirSync(workflows).map((name) => join(workflows, name));
    const { code, text } = await command(pathOf('actionlint'), ['-no-color', '-ignore', newer, ...files]);
    expect({ code, text }).toEqual({ code: 0, text: '' });
  });

  itWith('zizmor')('have no finding of zizmor, nor has action.yml', async () => {
    const { code, text } = await command(pathOf('zizmor'), ['--offline', '--no-progress', '--config', policy, folder]);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('No findings to report') });
  });
});
