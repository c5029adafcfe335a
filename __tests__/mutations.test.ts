import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { applyEdit, type FileEdit } from '../mutations/edit.ts';
import { mutations } from '../mutations/mutations.ts';
import { mutations as ofAzure } from './models/azure/mutations.ts';
import { mutations as ofAws } from './models/mutations.ts';
import { mutations as ofPim } from './models/pim/mutations.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A run against a mutation takes long: `npm run mutations`. Its place in the code is checked at once. */
describe('every mutation', () => {
  test.each(mutations)('$name applies to the code, and the result parses', ({ edit }) => {
    expectToApply(edit);
  });

  test.each(mutations)('$name names files of tests that exist, and some of their tests', ({ tests }) => {
    const files = tests.slice(0, -2);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !file.startsWith('__tests__/') || !existsSync(root + file))).toEqual([]);
    // Titles can have more at their end.
    expect(tests.slice(-2)).toEqual(['-t', expect.stringMatching(/^[^$]+$/u)]);
  });

  test.each(mutations)('$name describes the effect in one sentence', ({ name, cloud, breaks }) => {
    expect(breaks).toMatch(/^[A-Z][^.]+\.$/u);
    expect(/^(aws|azure)-/u.exec(name)?.[1] ?? 'both').toBe(cloud);
  });

  test('has a name of its own', () => {
    const names = mutations.map(({ name }) => name);
    expect([...new Set(names)]).toEqual(names);
  });
});

/** A run against a broken rule takes long: `npm run explore -- --mutations`. */
describe('every rule that the models remove', () => {
  test.each([...ofAws, ...ofAzure, ...ofPim])('exists to be removed: $rule', ({ edits }) => {
    edits.forEach(expectToApply);
  });
});

function expectToApply(edit: FileEdit): void {
  expect(edit.file).toMatch(/^src\//u);
  const source = readFileSync(root + edit.file, 'utf8');
  const edited = applyEdit(source, edit);
  expect(edited).not.toBe(source);
  expect(syntaxErrors(edited)).toEqual([]);
}

function syntaxErrors(source: string): readonly string[] {
  const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const { diagnostics = [] } = ts.transpileModule(source, { compilerOptions: options, reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
