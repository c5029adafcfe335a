import { describe, expect, test } from '@jest/globals';

import type { Grant } from '../../../src/access/grant.ts';
import { openPermissionSets, openSessions } from '../../../src/aws/resolve/permission-sets.ts';
import { awsError, budget, createFakeSession, instanceArn, permissionSet } from '../fake-session.ts';

const grant: Grant = {
  kind: 'provisioning',
  role: { id: permissionSet('1'), name: null },
  target: { id: '1', name: null },
};
const say = (answer: unknown): Promise<string> =>
  openSessions(
    openPermissionSets(createFakeSession({ DescribePermissionSet: () => answer }).session, instanceArn),
    grant,
    budget,
  );

describe('openSessions', () => {
  test.each([
    ['PT1H', 'up to 1 h'],
    ['PT12H', 'up to 12 h'],
    ['PT90M', 'up to 90 min'],
    ['PT1H30M', 'up to 1 h 30 min'],
  ])('%s: %s', async (SessionDuration, words) => {
    expect(await say({ PermissionSet: { SessionDuration } })).toContain(words);
  });

  test.each([undefined, '', 'P1D', 'PT', '3600'])('%j is not readable: up to 12 hours', async (SessionDuration) => {
    expect(await say({ PermissionSet: { SessionDuration } })).toContain('up to 12 hours');
  });

  test('unreadable durations: up to 12 hours', async () => {
    expect(await say(awsError('denied'))).toContain('up to 12 hours');
  });
});
