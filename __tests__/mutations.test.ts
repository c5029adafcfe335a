import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { applyEdit } from '../mutations/edit.ts';
import { mutations } from '../mutations/mutations.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether it is killed takes long: `npm run mutations`. That it breaks what is there is known at once. */
describe('every mutation', () => {
  test.each(mutations)('$name applies to what is there, and still parses', ({ edit }) => {
    expect(edit.file).toMatch(/^src\//u);
    const source = readFileSync(root + edit.file, 'utf8');
    const edited = applyEdit(source, edit);
    expect(edited).not.toBe(source);
    expect(syntaxErrors(source)).toEqual([]);
    expect(syntaxErrors(edited)).toEqual([]);
  });

  test.each(mutations)('$name names files of tests that are there, and some of their tests', ({ tests }) => {
    const files = tests.slice(0, -2);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !file.startsWith('__tests__/') || !existsSync(root + file))).toEqual([]);
    // Titles may grow at their end.
    expect(tests.slice(-2)).toEqual(['-t', expect.stringMatching(/^[^$]+$/u)]);
  });

  test.each(mutations)('$name says what is so then, in one sentence', ({ name, cloud, breaks }) => {
    expect(breaks).toMatch(/^[A-Z][^.]+\.$/u);
    expect(/^(aws|azure)-/u.exec(name)?.[1] ?? 'both').toBe(cloud);
  });

  test('has a name of its own', () => {
    const names = mutations.map(({ name }) => name);
    expect([...new Set(names)]).toEqual(names);
  });
});

function syntaxErrors(source: string): readonly string[] {
  const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const { diagnostics = [] } = ts.transpileModule(source, { compilerOptions: options, reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
