import { describe, expect, it } from '@jest/globals';
import { operations } from '../../src/access/request.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { section } from './markdown.ts';
import { readText } from './repository.ts';

const permissions = readText('docs/permissions.md');

/** What the first cells of the first table below a heading say, as one text. */
function firstCells(heading: string): string {
  const [table = ''] = /(?:^\|.*\n)+/mu.exec(section(permissions, heading)) ?? [];
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ')[0] ?? '')
    .join('\n');
}

describe('docs/permissions.md', () => {
  it.each([
    ['GitHub', operations],
    ['AWS', awsDeclaration.operations],
    ['Azure', azureDeclaration.operations],
  ])('says of every operation what it needs on %s', (where, all) => {
    const cells = firstCells(`## ${where} permissions`);
    expect(all.length).toBeGreaterThan(5);
    expect(all.filter((operation) => !cells.includes(`\`${operation}\``))).toEqual([]);
  });
});
