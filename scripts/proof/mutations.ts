import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A change of the source that breaks a promise on purpose. */
export interface Mutation {
  readonly name: string;
  readonly tag: string;
  readonly breaks: string;
  readonly isOnAzure: boolean;
}

const folder = 'mutants';
const head = /^Promise: (?<tag>\S+)\nBreaks: (?<breaks>.+)\n/u;

/** All that are kept, by the first lines of the patches in `mutants`. */
export function readMutations(): readonly Mutation[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.patch')) : [];
  return names.toSorted().map((file) => {
    const { tag = '', breaks = '' } = head.exec(readFileSync(`${folder}/${file}`, 'utf8'))?.groups ?? {};
    return { name: file.replace(/\.patch$/u, ''), tag, breaks, isOnAzure: file.startsWith('azure-') };
  });
}
