import { describe, expect, it } from '@jest/globals';
import { faultBlocks } from '../../src/action/report/faults.ts';
import { aws, azure, path, readBytesOf } from '../access/files/grammar.ts';
import { createDraw, type Draw } from './draw.ts';

/** Number of refused files; fewer every day than by hand: `FUZZ=100000`. */
const most = Number(process.env['FUZZ'] ?? 5_000);

/** Names that are in no message of the action: none must be repeated. */
const secret = 'Zq7secretXw';

const seeds: readonly string[] = [
  `version: 1
cloud: aws
owns:
  roles: [${secret}Admin, ${secret}Read]
  targets: ['ou:/${secret}/**', '!account:${secret}']
ignore:
  - principal: group:${secret} Glass
    role: '*'
    target: ou:/${secret}/**
grants:
  - principal: group:${secret} On-Call
    role: [${secret}Admin, ${secret}Read]
    target: account:${secret}
    note: ${secret} 4711
  - principal: user:${secret}@example.com
    role: ${secret}Read
    target: ou:/${secret}/Staging
    expires: 2027-01-31
`,
  `version: 1
cloud: azure
owns: {roles: '*', targets: 'management-group:${secret}', principals: [User], below: true}
grants:
  - principal: app:0a1b2c3d-1111-4222-8333-444455556666
    role: ${secret}
    target: [resource-group:${secret}, "subscription:${secret}"]
    description: |
      ${secret}
    condition: >-
      ((!(ActionMatches{'${secret}'})))
`,
  // Any other file that a line can name by mistake.
  `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`,
  `[default]\naws_secret_access_key = ${secret}\n`,
  JSON.stringify({ auths: { 'registry.example.com': { auth: secret } } }),
  `name: ci\non: push\njobs:\n  ${secret}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${secret}\n`,
];

const pieces: readonly string[] = [
  '&a ',
  '*a',
  '!!str ',
  '<<: ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\t',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '  ',
  '- ',
  '? ',
  ': ',
  ':',
  ',',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '|',
  '>',
  '#',
  ' #',
  '\0',
  '\u202e',
  '\ufeff',
  '\u2028',
  '\\',
  '\\x',
  'null',
  '~',
  '!',
  '*',
  '@',
  '`',
  'version: 1\n',
  'grants:\n',
  'grants: []\n',
  'owns:\n',
  'principal: ',
  'expires: 2027-02-30',
  `${secret}: `,
  `"${secret}\\q"`,
  `&${secret} `,
  `*${secret} `,
  `!${secret} `,
  '\ud83d\ude00',
  '{'.repeat(30),
  '['.repeat(30),
  '- '.repeat(30),
  '1e999',
  '0123',
  '-0',
];

/** One of these, changed at some places. */
function mutated(draw: Draw): Uint8Array {
  let text = draw.pick(seeds);
  for (let count = 1 + draw.int(6); count > 0; count -= 1) {
    const at = draw.int(text.length + 1);
    const length = draw.pick([0, 0, 1, 2, 10, 60]);
    text = text.slice(0, at) + draw.pick([...pieces, '', '']) + text.slice(at + length);
  }
  const bytes = Buffer.from(text);
  if (draw.percent(6) && bytes.length > 0) bytes[draw.int(bytes.length)] = draw.int(256);
  return bytes;
}

/** Parts of the secret that are too long to be in a message by chance. */
const parts = [secret, secret.slice(0, 6), secret.slice(-6)];

describe('malformed access files', () => {
  it('are each reported with a place and an example, never crash, and are never repeated in a message (P6, P7)', () => {
    const draw = createDraw(Number(process.env['PROPERTY_FROM'] ?? 0) + 28);
    const bad: unknown[] = [];
    let refused = 0;
    let slowest = 0;
    while (refused < most) {
      const bytes = mutated(draw);
      const grammar = draw.pick([aws, azure]);
      const begun = process.cpuUsage();
      const { files, faults } = readBytesOf(bytes, grammar);
      slowest = Math.max(slowest, process.cpuUsage(begun).user / 1_000);
      if (faults.length > 0) refused += 1;
      const said = faultBlocks(faults).flat().join('\n');
      const isTold = faults.every(
        ({ input, problem, example, inFile }) =>
          new RegExp(`^${path}(?::[1-9]\\d*:[1-9]\\d*)?$`, 'u').test(input) &&
          problem.length > 10 &&
          problem.length < 300 &&
          typeof example === 'object' &&
          inFile === true,
      );
      const isRight = isTold && (files.length > 0 || faults.length > 0) && faults.length <= 51;
      if (!isRight || parts.some((part) => said.includes(part)))
        bad.push({ text: Buffer.from(bytes).toString(), said });
      if (bad.length > 3) break;
    }
    expect(bad).toEqual([]);
    expect(slowest).toBeLessThan(5_000);
  }, 3_600_000);
});
