import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { takeOut, Refusal } from '../../../src/access/errors.ts';
import { commonInputs } from '../../../src/access/inputs.ts';
import { faultLines, refusalBlocks, remedyLines } from '../../../src/action/report/faults.ts';
import { awsDeclaration } from '../../../src/aws/declaration.ts';
import { azureDeclaration } from '../../../src/azure/declaration.ts';

const declared = { ...commonInputs, ...awsDeclaration.inputs, ...azureDeclaration.inputs };
const examples = [
  ...Object.entries(declared).map(([name, { example }]) => [name, example] as const),
  ...[awsDeclaration, azureDeclaration].flatMap(({ examples: of, exampleExclusion }) => [
    ...Object.entries(of),
    ['target', exampleExclusion] as const,
  ]),
];

describe('an example', () => {
  test.each(examples.filter(([, example]) => example !== ''))(
    'of %s (%j) is YAML that says just that',
    (input, example) => {
      const read = parse(remedyLines({ input, example }).join('\n')) as Readonly<Record<string, unknown>>;
      expect(Object.keys(read)).toEqual([input]);
      expect(String(read[input]).trimEnd()).toBe(example);
    },
  );

  test.each([
    ['2.0', '"2.0"'],
    ['123456789012', '"123456789012"'],
    ['012', '"012"'],
    ['1e3', '"1e3"'],
    ['50', '50'],
    ['true', 'true'],
    ['!x', '"!x"'],
    ['*', '"*"'],
    ['a: b', '"a: b"'],
    ['a #b', '"a #b"'],
    ['a:', '"a:"'],
    ['! "x"', '\'! "x"\''],
    ["! \\'", "'! \\'''"],
    ['group:Payments On-Call', 'group:Payments On-Call'],
    ['${{ github.token }}', '${{ github.token }}'],
  ])('%j is written %s', (value, written) => {
    expect(remedyLines({ input: 'x', example: value })).toEqual([`x: ${written}`]);
    expect(String((parse(`x: ${written}`) as { readonly x: unknown }).x)).toBe(value);
  });
});

describe('a fault', () => {
  const problem = 'means nothing here';

  test('shows a value behind its own name, one of another input behind that, and lines as a block', () => {
    expect(faultLines({ input: 'a', problem, example: 'x' })).toEqual(['a means nothing here. Example: a: x']);
    expect(faultLines({ input: 'a', problem, example: { of: 'b', value: 'true' } })).toEqual([
      'a means nothing here. Example: b: true',
    ]);
    expect(faultLines({ input: 'a', problem, example: '1\n2\n' })).toEqual([
      'a means nothing here. Example: a: |',
      '  1',
      '  2',
    ]);
  });

  test('of what has to go says so', () => {
    expect(faultLines({ input: 'a', problem, example: takeOut })).toEqual(['a means nothing here. Take it out.']);
  });

  test('that asks something gets no full stop', () => {
    expect(faultLines({ input: 'a', problem: 'is none. Did you mean b?', example: 'x' })[0]).toContain('b? Example');
  });
});

describe('several refusals', () => {
  test('are a block each, and what takes the same is one', () => {
    const of = [new Refusal('One.', 'Do.'), new Refusal('Two.', 'Let be.'), new Refusal('Three.', 'Do.')];
    expect(refusalBlocks(of)).toEqual([
      ['- One.', '- Three.', '  → Do.'],
      ['- Two.', '  → Let be.'],
    ]);
  });
});
