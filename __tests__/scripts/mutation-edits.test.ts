import { describe, expect, test } from '@jest/globals';
import { applyEdit, type Edit } from '../../mutations/edit.ts';

const source = `
const limit = 3;
const phases = {
  open: { then: (it: number) => { return it; } },
  'close-late': { then: (it: number) => it },
};
class Fault { constructor(readonly all: string[]) { all.sort(); } }
export async function work(input: number): Promise<number> {
  const read = async (at: number): Promise<number> => {
    if (at > limit) return 0;
    return at === input ? 1 : 2;
  };
  save(input);
  await log('begun', input);
  check(check(input));
  if (input > 1) save2();
  return read(input);
}
function outer() { return { work2() { work2(); return 1; } }; }
function twice() { one(); one(); }
function sole() { one(); }
function close(late: string) { if (late === 'late') return late; return late === '' ? 0 : 1; }
function bare() { if (limit) one(); }
`;

/** The line of the edited source that is new; what else is new would be a second one. */
function edited(edit: Edit): string {
  const before = source.split('\n');
  const after = applyEdit(source, edit).split('\n');
  expect(after).toHaveLength(before.length);
  return after
    .filter((line, index) => line !== before[index])
    .map((line) => line.trim())
    .join('\n');
}

describe('an edit', () => {
  test.each<[string, Edit, string]>([
    [
      'begins a function',
      { symbol: 'sole', do: 'begin-with', statements: 'return;' },
      'function sole() { return;  one(); }',
    ],
    [
      'begins a method',
      { symbol: 'outer > work2', do: 'begin-with', statements: 'x();' },
      'function outer() { return { work2() { x();  work2(); return 1; } }; }',
    ],
    [
      'begins a constructor',
      { symbol: 'Fault > constructor', do: 'begin-with', statements: 'x();' },
      'class Fault { constructor(readonly all: string[]) { x();  all.sort(); } }',
    ],
    [
      'begins the function that a property is',
      { symbol: 'phases > open > then', do: 'begin-with', statements: 'x();' },
      'open: { then: (it: number) => { x();  return it; } },',
    ],
    [
      'begins the function that a constant in another is',
      { symbol: 'work > read', do: 'begin-with', statements: 'x();' },
      'const read = async (at: number): Promise<number> => { x();',
    ],
    [
      'begins a function that is an expression',
      { symbol: 'phases > close-late > then', do: 'begin-with', statements: 'x();' },
      "'close-late': { then: (it: number) =>  { x(); return ( it ); }  },",
    ],
    ['sets a constant', { symbol: 'limit', do: 'set-value', to: '4' }, 'const limit = 4;'],
    [
      'sets a property, whose name may be a string',
      { symbol: 'phases > close-late', do: 'set-value', to: 'null' },
      "'close-late': null,",
    ],
    [
      'sets the condition of an if',
      { symbol: 'work > read', do: 'set-condition', about: 'limit', to: 'false' },
      'if (false) return 0;',
    ],
    [
      'sets the condition of a choice',
      { symbol: 'work > read', do: 'set-condition', about: 'input', to: 'true' },
      'return true ? 1 : 2;',
    ],
    [
      'sets the condition that mentions a string',
      { symbol: 'close', do: 'set-condition', about: "'late'", to: 'true' },
      "function close(late: string) { if (true) return late; return late === '' ? 0 : 1; }",
    ],
    [
      'sets an argument of a call',
      { symbol: 'work', do: 'set-argument', of: 'log', index: 1, to: '0' },
      "await log('begun', 0);",
    ],
  ])('%s', (_, edit, line) => {
    expect(edited(edit)).toBe(line);
  });

  test.each([
    ['save', '\n  save(input);\n', '\n  return read(input);\n save(input); }'],
    ['log', "\n  await log('begun', input);\n", "\n  return read(input);\n await log('begun', input); }"],
  ])('moves a call of %s behind all that follows it', (of, before, after) => {
    expect(source).toContain(before);
    const text = applyEdit(source, { symbol: 'work', do: 'postpone-call', of });
    expect(text).not.toContain(before);
    expect(text).toContain(after);
  });
});

describe('an edit fails', () => {
  test.each<[string, Edit, string]>([
    ['without its symbol', { symbol: 'gone', do: 'set-value', to: '1' }, 'no symbol gone of gone'],
    ['without a part of it', { symbol: 'work > gone', do: 'set-value', to: '1' }, 'no symbol gone of work > gone'],
    [
      'with two of its symbol',
      { symbol: 'phases > then', do: 'set-value', to: '1' },
      '2 times: symbol then of phases > then',
    ],
    ['where a constant is no function', { symbol: 'limit', do: 'begin-with', statements: 'x();' }, 'limit has no body'],
    ['without a value', { symbol: 'work', do: 'set-value', to: '1' }, 'work has no value'],
    [
      'without the condition',
      { symbol: 'work > read', do: 'set-condition', about: 'gone', to: 'true' },
      'no condition about gone in work > read',
    ],
    [
      'with two such conditions',
      { symbol: 'work', do: 'set-condition', about: 'input', to: 'true' },
      '2 times: condition about input in work',
    ],
    [
      'without the call',
      { symbol: 'work', do: 'set-argument', of: 'gone', index: 0, to: '1' },
      'no call of gone in work',
    ],
    [
      'with two such calls',
      { symbol: 'work', do: 'set-argument', of: 'check', index: 0, to: '1' },
      '2 times: call of check in work',
    ],
    [
      'without the argument',
      { symbol: 'work', do: 'set-argument', of: 'save', index: 1, to: '1' },
      'the call of save in work has no argument 1',
    ],
    [
      'without the statement',
      { symbol: 'work', do: 'postpone-call', of: 'read' },
      'no statement that calls read in work',
    ],
    [
      'with two such statements',
      { symbol: 'twice', do: 'postpone-call', of: 'one' },
      '2 times: statement that calls one in twice',
    ],
    [
      'where the statement is the last already',
      { symbol: 'sole', do: 'postpone-call', of: 'one' },
      'a statement in sole is the last of its block',
    ],
    [
      'where the statement has no block',
      { symbol: 'bare', do: 'postpone-call', of: 'one' },
      'a statement in bare stands in no block',
    ],
    ['where it changes nothing', { symbol: 'limit', do: 'set-value', to: '3' }, 'the edit of limit changes nothing'],
  ])('%s', (_, edit, message) => {
    expect(() => applyEdit(source, edit)).toThrow(message);
  });
});
