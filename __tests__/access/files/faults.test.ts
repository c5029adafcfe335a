import { describe, expect, it } from '@jest/globals';
import { maxFileBytes } from '../../../src/access/files/grammar.ts';
import { azure, faultsIn, grammarOf, path, readBytesOf, readText, withRows } from './grammar.ts';

const row = '  - principal: group:A\n    role: R\n    target: account:a\n';
const head = 'version: 1\ncloud: aws\n';

/** A text, and the beginning of its only fault. */
type Case = readonly [what: string, text: string, fault: string];

const asYaml: readonly Case[] = [
  ['is empty', '', '1:1 The file is empty.'],
  ['has comments only', '# nothing\n', '1:1 The file is empty.'],
  ['is null', 'null\n', '1:1 The value of the file is not a mapping.'],
  ['is a list', '- a\n', '1:1 The value of the file is not a mapping.'],
  ['has an alias', withRows('  - principal: *who\n'), '4:16 An alias'],
  ['has an anchor', withRows('  - principal: &who group:A\n    role: R\n    target: account:a\n'), '4:16 An anchor'],
  ['has a tag', withRows('  - principal: !!str group:A\n'), '4:16 A tag'],
  ['has an exclusion without quotes', withRows(row.replace('account:a', '!account:a')), '6:13 A tag'],
  ['has a merge key', withRows(`${row}    <<: {}\n`), '7:5 A merge key'],
  ['has two documents', `${head}grants: []\n---\nversion: 1\n`, '4:1 A second document'],
  ['has a directive', `%YAML 1.1\n---\n${head}grants: []\n`, '1:1 A directive'],
  ['has a complex key', `? [a]\n: b\n`, '1:1 The key is not a text.'],
  ['is indented with a tab', `${head}grants:\n\t- principal: a\n`, '4:1 The line is indented with a tab.'],
  ['has an open quote', `${head}grants: ['a\n`, '4:1 A quote, bracket or comma is missing'],
  ['has an open bracket', `${head}grants: [a\n`, '4:1 The indentation of this line is wrong, or a bracket'],
  ['has a wrong indentation', `${head}grants:\n  - principal: a\n     role: b\n`, '4:16 '],
  ['has an unknown escape', withRows(row.replace('group:A', String.raw`"group:\q"`)), '4:23 The escape'],
  [
    'is nested deep',
    `${head}grants: ${'['.repeat(40)}${']'.repeat(40)}\n`,
    '3:17 Lists and mappings are nested too deep',
  ],
  ['is nested deep in blocks', `${head}grants:\n  ${'- '.repeat(40)}a\n`, '4:'],
];

const ofForm: readonly Case[] = [
  ['has no version', 'cloud: aws\ngrants: []\n', '1:1 The key "version" is missing.'],
  ['has another version', `version: 2\ncloud: aws\ngrants: 5\n`, '1:10 The version of the format is not 1'],
  ['has another spelling of the version', `version: 1.0\ncloud: aws\ngrants: []\n`, '1:10 The version'],
  ['has no cloud', 'version: 1\ngrants: []\n', '1:1 The key "cloud" is missing.'],
  ['is of another cloud', `version: 1\ncloud: azure\ngrants: [{}]\n`, '2:8 The file is not of cloud: aws'],
  ['has no grants', head, '1:1 The key "grants" is missing.'],
  ['has nothing as grants', `${head}grants:\n`, '3:8 The value of grants is empty. An empty list is written as [].'],
  ['has null as grants', `${head}grants: ~\n`, '3:9 The value of grants is empty.'],
  ['has a mapping as grants', `${head}grants: {}\n`, '3:9 The value of grants is not a list.'],
  ['has nothing as ignore', `${head}ignore:\ngrants: []\n`, '3:8 The value of ignore is empty.'],
  ['has nothing as owns', `${head}owns:\ngrants: []\n`, '3:6 The value of owns is not a mapping.'],
  ['has a key twice', `${head}grants: []\ngrants: []\n`, '4:1 The mapping has this key already.'],
  ['has a misspelt key', `${head}grant: []\ngrants: []\n`, '3:1 This key does not exist here. Did you mean "grants"?'],
  ['has an unknown key', `${head}grants: []\nzzzzzzzz: 1\n`, '4:1 This key does not exist here. The keys are version,'],
  ['has a text as a row', withRows('  - group:A\n'), '4:5 The value of a row is not a mapping.'],
  [
    'has a row without role',
    withRows('  - {principal: group:A, target: account:a}\n'),
    '4:5 The key "role" is missing.',
  ],
  ['has a plural in a row', withRows(`${row}    roles: R\n`), '7:5 This key does not exist here. Did you mean "role"?'],
  ['has a key twice in a row', withRows(`${row}    role: R\n`), '7:5 The mapping has this key already.'],
  ['has no principal', withRows(row.replace(' group:A', '')), '4:15 The value of principal is empty.'],
  ['has null as a principal', withRows(row.replace('group:A', 'null')), '4:16 The value of principal is empty.'],
  ['has null in a list', withRows(row.replace('group:A', '[group:A, ~]')), '4:26 The value of principal is empty.'],
  ['has an empty list', withRows(row.replace('group:A', '[]')), '4:16 The list of principal is empty.'],
  [
    'has a mapping as a principal',
    withRows(row.replace('group:A', '{a: b}')),
    '4:16 The value of principal is not a list.',
  ],
  [
    'has a list in a list',
    withRows(row.replace('group:A', '[[group:A]]')),
    '4:17 The value of principal is not a text.',
  ],
  [
    'has two lines in one value',
    withRows(row.replace('group:A', '|\n      group:A\n      group:B')),
    '4:16 The value of principal is not one line',
  ],
  [
    'has a folded value',
    withRows(row.replace('group:A', 'group:A\n      group:B')),
    '4:16 The value of principal is not one line',
  ],
  [
    'has an escaped control character',
    withRows(row.replace('group:A', String.raw`"group:\0"`)),
    '4:16 The value of principal is not one line',
  ],
  [
    'has half a character',
    withRows(row.replace('group:A', String.raw`"group:\ud800"`)),
    '4:16 The value of principal has a character',
  ],
  [
    'has an escaped turning character',
    withRows(row.replace('group:A', String.raw`"group:\u202e"`)),
    '4:16 The value of principal has a character',
  ],
  [
    'has an invisible character in a note',
    withRows(`${row}    note: "a\\u200bb"\n`),
    '7:11 The value of note has a character',
  ],
  ['has a principal without a prefix', withRows(row.replace('group:A', 'Secret')), '4:16 The principal is not written'],
  [
    'has a target of another cloud',
    withRows(row.replace('account:a', '/subscriptions/secret')),
    '6:13 The target is not written',
  ],
  ['has every role in a row', withRows(row.replace('role: R', "role: '*'")), '5:11 The role is not written'],
  [
    'has several values in a text',
    withRows(row.replace('group:A', "'group:A, group:B'")),
    '4:16 The principal is not written',
  ],
  ['excludes a role', withRows(row.replace('role: R', "role: '!R'")), '5:11 The role begins with an exclamation mark.'],
  ['has exclusions only', withRows(row.replace('account:a', "'!account:a'")), '6:13 The targets are exclusions only'],
  [
    'has an exclusion of nothing',
    withRows(row.replace('account:a', "[account:a, '!']")),
    '6:25 The target is not written',
  ],
  [
    'has a date that does not exist',
    withRows(`${row}    expires: 2027-02-29\n`),
    '7:14 The value of expires is not a date',
  ],
  ['has a time', withRows(`${row}    expires: 2027-02-28T00:00:00Z\n`), '7:14 The value of expires is not a date'],
  ['has no date', withRows(`${row}    expires:\n`), '7:13 The value of expires is empty.'],
  [
    'has a property of another cloud',
    withRows(`${row}    condition: a\n`),
    '7:5 The key "condition" does not exist for this cloud.',
  ],
  [
    'expires in ignore',
    `${head}grants: []\nignore:\n${row}    expires: 2027-01-31\n`,
    '8:5 This key does not exist here.',
  ],
  ['owns no roles', `${head}grants: []\nowns: {roles: [], targets: account:a}\n`, '4:15 The list of roles is empty.'],
  [
    'owns nothing as roles',
    `${head}grants: []\nowns: {roles: , targets: account:a}\n`,
    '4:15 The value of roles is empty.',
  ],
  ['owns no targets', `${head}grants: []\nowns: {roles: R, targets: []}\n`, '4:27 The list of targets is empty.'],
  ['owns without targets', `${head}grants: []\nowns: {roles: R}\n`, '4:7 The key "targets" is missing.'],
  ['owns every target', `${head}grants: []\nowns: {roles: R, targets: '*'}\n`, '4:27 The target is not written'],
  [
    'owns every role and one',
    `${head}grants: []\nowns: {roles: [R, '*'], targets: account:a}\n`,
    '4:19 The list of role has "*"',
  ],
  [
    'owns an unknown type',
    `${head}grants: []\nowns: {roles: R, targets: account:a, principals: [TEAM]}\n`,
    '4:51 The value is not a type of principal.',
  ],
  [
    'owns lower scopes where there are none',
    `${head}grants: []\nowns: {roles: R, targets: account:a, below: true}\n`,
    '4:38 This key does not exist here.',
  ],
];

describe('a fault of an access file', () => {
  it.each([...asYaml, ...ofForm])(
    'is reported where the file %s, with its place and correct YAML (P6)',
    (_what, text, fault) => {
      const { faults } = readText(text);
      expect(faultsIn(text)).toHaveLength(1);
      expect(faultsIn(text)[0]?.slice(0, fault.length)).toBe(fault);
      const examples = faults.map(({ example }) =>
        typeof example === 'object' && 'yaml' in example ? example.yaml : '',
      );
      expect(examples.every((it) => it.length > 5)).toBe(true);
    },
  );

  it.each(asYaml.concat(ofForm))('repeats nothing of a file that %s (P7)', (_what, text) => {
    const marked = text.replaceAll(/group:A|account:a|\bSecret\b/gu, (it) => `${it}Xq7Zw`);
    for (const { problem, example } of readText(marked).faults) {
      expect(problem).not.toContain('Xq7Zw');
      expect(JSON.stringify(example)).not.toContain('Xq7Zw');
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['is not UTF-8', Buffer.from([0x61, 0xff]), 'The file is not UTF-8'],
    ['is UTF-16', Buffer.from('version: 1', 'utf16le'), 'The file has a control character'],
    ['has a byte order mark', Buffer.from('\ufeffversion: 1'), 'The file begins with a byte order mark'],
    ['has a NUL', Buffer.from('version: \0'), 'The file has a control character'],
    ['has a lone carriage return', Buffer.from('version: 1\rcloud: aws'), 'The file has a control character'],
    [
      'turns the order of reading',
      Buffer.from('# \u2067 note\nversion: 1'),
      'The file has a character here that makes',
    ],
    ['is too large', Buffer.alloc(maxFileBytes + 1, '#'), 'The file is larger than 1 MiB'],
  ])('is reported where the file %s (P6)', (_what, bytes, problem) => {
    const { files, faults } = readBytesOf(bytes);
    expect(files).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.problem).toContain(problem);
  });

  it('is reported with all others of the file, in their order (P6)', () => {
    const text = withRows(`  - {principal: A, role: '!R', target: account:a, expires: never}\n  - {}\n`);
    expect(faultsIn(text).map((it) => it.split(' ')[0])).toEqual(['4:17', '4:26', '4:60', '5:5', '5:5', '5:5']);
  });

  it('is counted after the first fifty (P6)', () => {
    const { faults } = readText(withRows('  - {principal: A, role: R, target: account:a}\n'.repeat(70)));
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)).toMatchObject({ input: path, problem: 'The file has 20 more faults.' });
  });

  it('is a name where require-ids is true', () => {
    const grammar = grammarOf('aws', { 'require-ids': true });
    const text = withRows("  - {principal: group:A, role: R, target: ['123456789012', '!account:a']}\n");
    expect(faultsIn(text, grammar).map((it) => it.split(',')[0])).toEqual([
      '4:17 The principal is not an ID',
      '4:32 The role is not an ID',
      '4:60 The target is not an ID',
    ]);
  });

  it('is the row from which on there are too many grants, once', () => {
    const many = (count: number, prefix: string): string =>
      `[${Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(', ')}]`;
    const one = `  - {principal: ${many(100, 'group:g')}, role: ${many(50, 'R')}, target: ${many(10, 'account:a')}}\n`;
    expect(faultsIn(withRows(one.repeat(2)))).toEqual([]);
    expect(faultsIn(withRows(one.repeat(4)))).toEqual([
      '6:5 With this row, the access files come to more than 100,000 grants.',
    ]);
  });

  it('is a misspelt property of Azure', () => {
    const text = withRows('  - {principal: group:A, role: R, target: resource-group:a, conditions: c}\n', 'azure');
    expect(faultsIn(text, azure)).toEqual(['4:61 This key does not exist here. Did you mean "condition"?']);
  });

  it('is a value of below that is not true or false', () => {
    const text = `version: 1\ncloud: azure\ngrants: []\nowns: {roles: R, targets: 'resource-group:a', below: yes}\n`;
    expect(faultsIn(text, azure)).toEqual(['4:54 The value of below is neither true nor false.']);
  });
});

describe('a hostile file', () => {
  const size = 600_000;
  it.each([
    ['opening brackets', '['.repeat(size)],
    ['closing brackets', ']'.repeat(size)],
    ['braces', '{'.repeat(size)],
    ['dashes', '- '.repeat(size / 2)],
    ['question marks', '? '.repeat(size / 2)],
    ['colons', 'a: '.repeat(size / 3)],
    ['anchors', '&a '.repeat(size / 3)],
    ['tags', '! '.repeat(size / 2)],
    ['documents', '---\n'.repeat(size / 4)],
    ['quotes', '"'.repeat(size)],
    // Fewer, since each is an error with a stack.
    ['quotes in lines', '""\n'.repeat(size / 12)],
    ['empty items', '- \n'.repeat(size / 3)],
    ['different keys', Array.from({ length: size / 10 }, (_, index) => `k${index}: a\n`).join('')],
    ['one long key', `${'a'.repeat(size)}: b`],
    ['one long value', withRows(row.replace('group:A', 'a'.repeat(size)))],
  ])('of %s is a clear fault within seconds (P6)', (_what, text) => {
    const begun = process.cpuUsage();
    const { faults } = readText(text);
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(20);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThan(60);
  });
});
