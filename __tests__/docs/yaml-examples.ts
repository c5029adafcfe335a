import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { blocks } from './markdown.ts';
import { documents, readText, root } from './repository.ts';

/** YAML that people take over as it stands. */
export interface YamlExample {
  /** The document that shows it, or the file that it is. */
  readonly document: string;
  /** Where it begins there, from 1. */
  readonly line: number;
  readonly text: string;
}

/** The workflows that the scripts of setup/ write, and that setup/README.md has people copy. */
export const workflowFiles: readonly string[] = ['aws', 'azure'].flatMap((cloud) =>
  readdirSync(join(root, 'setup/workflows', cloud)).map((name) => `setup/workflows/${cloud}/${name}`),
);

/** The YAML blocks of a document; a workflow file is one as a whole. */
export function yamlExamplesIn(document: string): readonly YamlExample[] {
  const text = readText(document);
  if (document.endsWith('.yml')) return [{ document, line: 1, text }];
  return blocks(text)
    .filter(({ language }) => ['yaml', 'yml'].includes(language))
    .map((block) => ({ document, line: block.line, text: block.text }));
}

/** All of them. */
export const yamlExamples: readonly YamlExample[] = [...documents, ...workflowFiles].flatMap(yamlExamplesIn);

/** True for an access file; everything else is of a workflow. */
export function isAccessFile(text: string): boolean {
  return text.startsWith('version: ');
}

/** True for a file of people. */
export function isPeopleFile(text: string): boolean {
  return isAccessFile(text) && text.includes('\npeople:\n');
}
