import { describe, expect, it } from '@jest/globals';
import { examplesOf } from '../../../src/access/files/examples.ts';
import { aws, azure, faultsIn } from './grammar.ts';

describe.each([
  ['aws', aws],
  ['azure', azure],
] as const)('the examples of faults on %s', (cloud, grammar) => {
  const examples = examplesOf(grammar);
  const head = `${examples.version}\n${examples.cloud}\n`;

  it('are correct files, or parts of them (P6)', () => {
    expect(examples.cloud).toBe(`cloud: ${cloud}`);
    expect(faultsIn(examples.file, grammar)).toEqual([]);
    expect(faultsIn(`${head}${examples.owns}\n${examples.ignore}\n${examples.grants}\n`, grammar)).toEqual([]);
    expect(faultsIn(`${head}grants:\n${examples.row}\n`, grammar)).toEqual([]);
  });

  it('are correct keys of a row and of owns (P6)', () => {
    const keys = ['principal', 'role', 'target', 'expires', 'note', ...grammar.rowProperties];
    const indented = (key: string): string => examples.of(key).replaceAll('\n', '\n  ');
    expect(faultsIn(`${head}grants:\n- ${keys.map(indented).join('\n  ')}\n`, grammar)).toEqual([]);
    const owned = ['roles', 'targets', 'principals', ...(grammar.belowTargets ? ['below'] : [])];
    expect(faultsIn(`${head}grants: []\nowns:\n  ${owned.map(indented).join('\n  ')}\n`, grammar)).toEqual([]);
  });
});
