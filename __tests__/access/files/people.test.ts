import { describe, expect, it } from '@jest/globals';
import { readPeople } from '../../../src/access/files/people.ts';
import { aws, azure, grammarOf } from './grammar.ts';

const path = '.github/people.yml';
const clouds = ['aws', 'azure'];

const read = (text: string | Uint8Array, grammar = aws): ReturnType<typeof readPeople> =>
  readPeople({ path, bytes: Buffer.from(text) }, grammar, clouds);

const faultsIn = (text: string | Uint8Array, grammar = aws): readonly string[] =>
  read(text, grammar).faults.map(({ input, problem }) => `${input.replace(`${path}:`, '')} ${problem}`);

const withRows = (rows: string): string => `version: 1\npeople:\n${rows}`;

const whole = withRows(`  - github: 583231 # octocat
    aws: user:alice@example.com
    azure: user:alice@contoso.example
  - github: 9007199254740991
    azure: user:0a1b2c3d-1111-4222-8333-444455556666
  - github: 42
`);

describe('a people-file', () => {
  it('maps each account to its principal in the cloud of the step, or to none', () => {
    const { people, faults } = read(whole);
    expect(faults).toEqual([]);
    const line = { text: 'user:alice@example.com', kind: 'user-name', value: 'alice@example.com' };
    expect([...people]).toEqual([
      ['583231', line],
      ['9007199254740991', null],
      ['42', null],
    ]);
    expect(read(whole, azure).people.get('9007199254740991')).toMatchObject({ kind: 'User-id' });
  });

  it('can be empty, if that is explicit', () => {
    expect(read('version: 1\npeople: []\n')).toEqual({ people: new Map(), faults: [] });
    expect(faultsIn('version: 1\npeople:\n')).toEqual([
      '2:8 The value of people is empty. An empty list is written as [].',
    ]);
  });

  it('has all its faults together, each with its place and an example, and never with its text (P6, P9)', () => {
    const { faults } = read(
      withRows(`  - github: octocat-secret
    aws: group
    login: octocat-secret
  - aws: user:bob-secret
  - github: 0583231
    azure: [user:eve-secret]
  - octocat-secret
`),
    );
    expect(faults.map(({ input }) => input)).toEqual(
      ['3:13', '4:10', '5:5', '6:5', '7:13', '8:12', '9:5'].map((place) => `${path}:${place}`),
    );
    expect(JSON.stringify(faults)).not.toContain('secret');
    expect(faults[0]).toMatchObject({ inFile: true, example: { yaml: 'github: 583231' } });
    expect(faults[1]).toMatchObject({ example: { yaml: 'aws: user:alice@example.com' } });
  });

  it.each([
    ['of an account that has a row already', '  - github: 1\n  - github: 1\n', ['4:13 The account has a row already.']],
    [
      'of a principal in any letter case',
      '  - github: 1\n    aws: user:Ann\n  - github: 2\n    aws: user:ANN\n',
      ['6:10'],
    ],
    [
      'of a principal of another cloud',
      '  - github: 1\n    azure: user:ann\n  - github: 2\n    azure: user:Ann\n',
      ['6:12'],
    ],
    ['of a group', '  - github: 1\n    aws: group:On-Call\n', ['4:10 The principal of a person is a user']],
    [
      'of no user of another cloud',
      '  - github: 1\n    azure: app:Ann\n',
      ['4:12 The principal of a person is a user'],
    ],
    ['of the word for the requester', '  - github: 1\n    aws: requester\n', ['4:10 The principal is "requester"']],
    ['of an exclusion', '  - github: 1\n    aws: "!user:ann"\n', ['4:10']],
    ['of an anchor', '  - &me\n    github: 1\n', ['3:5 An anchor of YAML is not allowed.']],
    ['of a tag', '  - github: !!int 1\n', ['3:13 A tag of YAML is not allowed.']],
  ])('has a fault %s (P8)', (_, rows, starts) => {
    const found = faultsIn(withRows(rows));
    expect(found).toEqual(starts.map((start) => expect.stringContaining(start)));
  });

  it('holds its lines to require-ids, which another cloud does not have', () => {
    const grammar = grammarOf('aws', { 'require-ids': true });
    expect(faultsIn(whole, grammar)).toEqual([expect.stringContaining('4:10 The principal is not an ID')]);
  });

  it.each([
    ['another version', 'version: 2\npeople: []\n', '1:10 The version of the format is not 1'],
    ['no mapping', '- github: 1\n', '1:1 The value of the file is not a mapping.'],
    ['an unknown key', 'version: 1\npeople: []\npersons: []\n', '3:1 This key does not exist here.'],
    ['nothing', '', '1:1 The file is empty.'],
    ['no YAML', 'version: "1\n', '2:1 A quote, bracket or comma is missing'],
    ['bytes that are no UTF-8', Buffer.from([0x76, 0xff]), '1:1 The file is not UTF-8 text.'],
  ])('is refused with %s', (_, text, start) => {
    const { people, faults } = read(text);
    expect(people.size).toBe(0);
    expect(`${faults[0]?.input.replace(`${path}:`, '') ?? ''} ${faults[0]?.problem ?? ''}`).toContain(start);
  });
});
