import { describe, expect, test } from '@jest/globals';

import { describeGrant, describePrincipal } from '../../src/access/grant.ts';
import { assignment, provisioning, words } from './fake-cloud.ts';

describe('describeGrant', () => {
  test('names stand beside ids', () => {
    expect(describeGrant(assignment, words)).toBe('group "Payments On-Call" (g-1) with role "Reader" (r-1) on place t-1');
    expect(describeGrant(provisioning, words)).toBe('role "Reader" (r-1) on place t-1');
  });

  test('a name that is the id is said once', () => {
    expect(describePrincipal({ type: 'USER', id: 'u-1', name: 'u-1' })).toBe('user u-1');
    expect(describePrincipal({ type: 'USER', id: 'u-1', name: null })).toBe('user u-1');
  });
});
