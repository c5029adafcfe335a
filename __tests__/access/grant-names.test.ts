import { describe, expect, test } from '@jest/globals';

import { namesAmong, nounAndShortName } from '../../src/access/grant-names.ts';
import type { Assignment, Grant } from '../../src/access/grant.ts';
import { assignment, words } from './fixtures.ts';

const on = (id: string, name: string | null = null): Assignment => ({ ...assignment, target: { id, name } });
const by = (type: string | null, id: string): Assignment => ({ ...assignment, principal: { type, id, name: null } });
const provisioning: Grant = { kind: 'provisioning', role: assignment.role, target: assignment.target };

describe('namesAmong', () => {
  test('one grant is named in full', () => {
    const names = namesAmong([assignment], words);
    expect(names.all).toBe('group "Payments On-Call" with role "Reader" on place t-1');
    expect(names.of(assignment)).toBe(names.all);
  });

  test('several are counted by part, and each is named by the parts that differ', () => {
    const grants = [on('t-1', 'Here'), on('t-2')];
    const names = namesAmong(grants, words);
    expect(names.all).toBe('group "Payments On-Call" with role "Reader" on 2 places');
    expect(grants.map(names.of)).toEqual(['place "Here"', 'place t-2']);
    const users = [by('USER', 'u-1'), by('USER', 'u-2'), { ...by('USER', 'u-1'), target: { id: 't-2', name: null } }];
    expect(namesAmong(users, words).all).toBe('2 users with role "Reader" on 2 places');
    expect(namesAmong(users, words).of(users[0] ?? assignment)).toBe('user u-1 on place t-1');
  });

  test('principals of several types are principals', () => {
    expect(namesAmong([by('USER', 'u-1'), by(null, 'x-2')], words).all).toBe(
      '2 principals with role "Reader" on place t-1',
    );
  });

  test('a provisioning has no principal', () => {
    expect(namesAmong([provisioning], words).all).toBe('role "Reader" on place t-1');
    const other: Grant = { ...provisioning, target: { id: 't-2', name: null } };
    expect(namesAmong([provisioning, other], words).all).toBe('role "Reader" on 2 places');
  });

  test('without grants there is nothing to name', () => {
    expect(namesAmong([], words).all).toBe('');
  });

  test('a headline leaves long IDs and long names out', () => {
    const long = { ...on('/a/very/long/id'), role: { id: 'r-1', name: 'R'.repeat(65) } };
    expect(namesAmong([long], words, nounAndShortName).all).toBe('group "Payments On-Call" with a role on a place');
    expect(namesAmong([long], words).all).toContain('on place /a/very/long/id');
  });
});
