import { describe, expect, test } from '@jest/globals';

import { describeGrant, describeIdentities } from '../../src/access/grant.ts';
import { assignment, provisioning, words } from './fixtures.ts';

describe('describeGrant', () => {
  test('is one short line, by names where they are known', () => {
    expect(describeGrant(assignment, words)).toBe('group "Payments On-Call" with role "Reader" on place t-1');
    expect(describeGrant(provisioning, words)).toBe('role "Reader" on place t-1');
  });

  test('a name that is the ID is shown as an ID', () => {
    const grant = { ...assignment, principal: { type: 'USER', id: 'u-1', name: 'u-1' } };
    expect(describeGrant(grant, words)).toBe('user u-1 with role "Reader" on place t-1');
  });
});

describe('the type of a principal', () => {
  test.each([
    ['USER', 'user'],
    ['ServicePrincipal', 'service principal'],
    ['ForeignGroup', 'foreign group'],
    [null, 'principal'],
  ])('%s is shown as %s', (type, said) => {
    const grant = { ...assignment, principal: { type, id: 'p-1', name: null } };
    expect(describeGrant(grant, words)).toBe(`${said} p-1 with role "Reader" on place t-1`);
    expect(describeIdentities([grant], words)[0]).toBe(`${said.charAt(0).toUpperCase()}${said.slice(1)} p-1`);
  });
});

describe('describeIdentities', () => {
  test('shows the results of names, each once', () => {
    const other = { ...assignment, target: { id: 't-2', name: 'Sandbox' } };
    expect(describeIdentities([assignment, other, assignment], words)).toEqual([
      'Group "Payments On-Call" (g-1)',
      'Role "Reader" (r-1)',
      'Place t-1',
      'Place "Sandbox" (t-2)',
    ]);
  });
});

test('long IDs are quoted as a person would quote them', () => {
  const short = { ...words, brief: (id: string) => id.slice(-3) };
  const unnamed = { ...assignment, role: { id: 'a-long-id-r-9', name: null } };
  expect(describeGrant(unnamed, short)).toContain('role r-9 on');
  expect(describeIdentities([unnamed], short).join('\n')).toContain('Role r-9');
});
