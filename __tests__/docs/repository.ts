import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The Markdown files that people read. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
  'setup/README.md',
];

/** README.md in other languages; a test holds each in step. */
export const translations: readonly string[] = ['README.ko.md'];

/** The action.yml of this repository, as far as tests look at it. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: unknown; readonly required?: unknown }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export const action = parse(readText('action.yml')) as Action;

/** All of src in one text. */
export function sources(folder = 'src'): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readText(join(folder, name)))
    .join('\n');
}
