/**
 * The JSON Schema that editors check access files with: `# yaml-language-server: $schema=…` in the first line of a file
 * names it.
 */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { awsDeclaration } from '../../../src/aws/declaration.ts';
import { azureDeclaration } from '../../../src/azure/declaration.ts';
import { aws, azure, readText, withRows } from './grammar.ts';

const text = readFileSync(new URL('../../../access-file.schema.json', import.meta.url), 'utf8');
const document = JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0];
const schema = z.fromJSONSchema(document);

const row = '  - {principal: group:A, role: R, target: account:a}\n';
const onAzure = '  - {principal: group:A, role: R, target: resource-group:a}\n';
const owning = (owns: string): string => `version: 1\ncloud: aws\nowns: ${owns}\ngrants: []\n`;
const ignoring = (ignored: string): string => `version: 1\ncloud: azure\nignore: [${ignored}]\ngrants: []\n`;

const right: readonly string[] = [
  withRows(row),
  withRows('  []\n'),
  withRows('  - {principal: [group:A, user:b], role: [R], target: 123456789012}\n'),
  withRows('  - {principal: group:A, role: true, target: account:a, expires: 2027-01-31, note: 4711}\n'),
  withRows(onAzure.replace('}', ', condition: c, description: d}'), 'azure'),
  owning("{roles: '*', targets: ['ou:/W/**', '!account:a'], principals: [GROUP]}"),
  owning('{roles: R, targets: account:a}')
    .replace('aws', 'azure')
    .replace('account:', 'resource-group:')
    .replace('}', ', below: true}'),
  ignoring("{principal: group:A, role: '*', target: '*', note: n, below: false}"),
];

const wrong: readonly string[] = [
  withRows(row).replace('version: 1\n', ''),
  withRows(row).replace('version: 1', 'version: 2'),
  withRows(row).replace('cloud: aws', 'cloud: gcp'),
  'version: 1\ncloud: aws\ngrants:\n',
  'version: 1\ncloud: aws\n',
  withRows(row.replace('role: R, ', '')),
  withRows(row.replace('role', 'roles')),
  withRows(row.replace('group:A', '[]')),
  withRows(row.replace('group:A', '~')),
  withRows(row.replace('}', ', expires: tomorrow}')),
  withRows(row.replace('}', ', expires: 2027-1-31}')),
  withRows(row.replace('}', ', note: }')),
  owning('{roles: [], targets: account:a}'),
  owning('{roles: R}'),
  owning('{roles: R, targets: account:a, principals: [TEAM]}'),
  ignoring("{principal: group:A, role: '*', target: '*', expires: 2027-01-31}"),
];

const isRight = (file: string): boolean =>
  readText(file, file.includes('cloud: azure') ? azure : aws).faults.length === 0;

describe('access-file.schema.json', () => {
  it.each(right)('accepts the same as the action: %j', (file) => {
    expect({ action: isRight(file), schema: schema.safeParse(parse(file)).success }).toEqual({
      action: true,
      schema: true,
    });
  });

  it.each(wrong)('refuses the same as the action: %j', (file) => {
    expect({ action: isRight(file), schema: schema.safeParse(parse(file)).success }).toEqual({
      action: false,
      schema: false,
    });
  });

  it('has the types of principals of both clouds', () => {
    const types = [...awsDeclaration.principalTypes, ...azureDeclaration.principalTypes];
    expect(document).toMatchObject({
      definitions: { owns: { properties: { principals: { items: { enum: types } } } } },
    });
  });
});
