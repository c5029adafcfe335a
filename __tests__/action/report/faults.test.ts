import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { takeOut, Refusal, type Remedy } from '../../../src/access/errors.ts';
import { commonInputs } from '../../../src/access/inputs.ts';
import { faultBlocks, refusalBlocks, remedyLines } from '../../../src/action/report/faults.ts';
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
    'of %s (%j) is YAML with exactly that value',
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
  const problem = 'This is not used.';
  const alone = (example: Remedy): readonly string[] => faultBlocks([{ input: 'a', problem, example }]).flat();

  test('shows a value after its own name, one of another input after that name, and lines as a block', () => {
    expect(alone('x')).toEqual(['a: This is not used. Example: a: x']);
    expect(alone({ of: 'b', value: 'true' })).toEqual(['a: This is not used. Example: b: true']);
    expect(alone({ yaml: 'grants:\n- role: R' })).toEqual(['a: This is not used. Example: grants:', '- role: R']);
    expect(alone('1\n2\n')).toEqual(['a: This is not used. Example: a: |', '  1', '  2']);
  });

  test('with advice instead of an example has only the advice', () => {
    expect(alone(takeOut)).toEqual(['a: This is not used. Remove it.']);
  });

  test('that ends with a question gets no full stop', () => {
    const [line] = faultBlocks([{ input: 'a', problem: 'Did you mean b?', example: 'x' }]).flat();
    expect(line).toBe('a: Did you mean b? Example: a: x');
  });

  test('among others is a block of a list, with YAML that can be copied from it', () => {
    const blocks = faultBlocks([
      { input: 'a', problem, example: '1\n2\n' },
      { input: 'b', problem, example: takeOut },
    ]);
    expect(blocks).toEqual([
      ['- a: This is not used. Example: a: |', '    1', '    2'],
      ['- b: This is not used. Remove it.'],
    ]);
  });
});

describe('several refusals', () => {
  test('are a block each, and those with the same remedy are one', () => {
    const of = [new Refusal('One.', 'Do.'), new Refusal('Two.', 'Let be.'), new Refusal('Three.', 'Do.')];
    expect(refusalBlocks(of)).toEqual([
      ['- One.', '- Three.', '  → Do.'],
      ['- Two.', '  → Let be.'],
    ]);
  });
});
