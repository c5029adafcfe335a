import { readAccessFiles, type FilesRead } from '../../../src/access/files/read.ts';
import type { FileGrammar } from '../../../src/access/files/grammar.ts';
import { dialectsOf } from '../../../src/action/inputs/prefixes.ts';
import { fileGrammar } from '../../../src/action/inputs/file-grammar.ts';
import { commonInputs, type CommonValues } from '../../../src/access/inputs.ts';
import { awsDeclaration } from '../../../src/aws/declaration.ts';
import { azureDeclaration } from '../../../src/azure/declaration.ts';

const absent = Object.fromEntries(Object.entries(commonInputs).map(([name, it]) => [name, it.absent])) as CommonValues;

/** The grammar of a cloud as a step has it. */
export function grammarOf(name: 'aws' | 'azure', given: Partial<CommonValues> = {}): FileGrammar {
  const clouds = { aws: awsDeclaration, azure: azureDeclaration };
  return fileGrammar(name, clouds[name], { ...absent, ...given }, dialectsOf(clouds, name, clouds[name]));
}

export const aws = grammarOf('aws');
export const azure = grammarOf('azure');

export const path = 'access/team.yml';

export function readBytesOf(bytes: Uint8Array, grammar = aws): FilesRead {
  return readAccessFiles([{ path, blob: 'b10b', bytes }], grammar);
}

export function readText(text: string, grammar = aws): FilesRead {
  return readBytesOf(Buffer.from(text), grammar);
}

/** The faults of a text, as `line:column problem`. */
export function faultsIn(text: string, grammar = aws): readonly string[] {
  return readText(text, grammar).faults.map(({ input, problem }) => `${input.replace(`${path}:`, '')} ${problem}`);
}

/** A correct file with these lines below `grants:`. */
export const withRows = (rows: string, cloud = 'aws'): string => `version: 1\ncloud: ${cloud}\ngrants:\n${rows}`;
