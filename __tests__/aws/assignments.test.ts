import { describe, expect, test } from '@jest/globals';

import type { Assignment } from '../../src/access/grant.ts';
import { creations, deletions, keyOfAssignment, readAssignments, unnamed } from '../../src/aws/assignments.ts';
import { readAll } from '../../src/aws/pages.ts';
import { budget, createFakeSession, instanceArn, paged, permissionSet } from './fake-session.ts';

const grant: Assignment = {
  kind: 'assignment',
  principal: { type: 'GROUP', id: 'g-1', name: null },
  role: { id: permissionSet('1'), name: null },
  target: { id: '123456789012', name: null },
};
const row = (over: Readonly<Record<string, string>> = {}) => ({
  AccountId: '123456789012',
  PermissionSetArn: permissionSet('1'),
  PrincipalType: 'GROUP',
  PrincipalId: 'g-1',
  ...over,
});
const read = (...rows: readonly unknown[]) => {
  const { session } = createFakeSession({ ListAccountAssignments: () => ({ AccountAssignments: rows }) });
  return readAssignments(session, instanceArn, [grant], budget);
};

describe('readAssignments', () => {
  test('an equal row makes the grant current, any other leaves it absent', async () => {
    expect(await read(row())).toEqual([{ standing: 'current', seen: unnamed }]);
    expect(await read()).toEqual([{ standing: 'absent' }]);
  });

  test.each([
    { PrincipalType: 'USER' },
    { PrincipalId: 'g-2' },
    { PermissionSetArn: permissionSet('2') },
    { AccountId: '999999999999' },
  ])('a row that differs by %j is another assignment', async (over) => {
    expect(await read(row(over))).toEqual([{ standing: 'absent' }]);
  });

  test('all pages are read, empty ones included', async () => {
    const { session, sent } = createFakeSession({
      ListAccountAssignments: paged('AccountAssignments', [[row({ PrincipalId: 'x' })], [], [row()]]),
    });
    expect(await readAssignments(session, instanceArn, [grant], budget)).toEqual([
      { standing: 'current', seen: unnamed },
    ]);
    expect(sent).toHaveLength(3);
    expect(sent[0]?.input).toMatchObject({
      InstanceArn: instanceArn,
      AccountId: '123456789012',
      PermissionSetArn: permissionSet('1'),
      MaxResults: 100,
    });
  });

  test('grants of one permission set on one account share a list; the order is kept', async () => {
    const { session, sent } = createFakeSession({ ListAccountAssignments: () => ({ AccountAssignments: [row()] }) });
    const other = { ...grant, principal: { ...grant.principal, id: 'g-2' } };
    const elsewhere = { ...grant, target: { id: '999999999999', name: null } };
    const seen = await readAssignments(session, instanceArn, [other, grant, elsewhere], budget);
    expect(seen.map(({ standing }) => standing)).toEqual(['absent', 'current', 'absent']);
    expect(sent).toHaveLength(2);
  });
});

describe('the families', () => {
  const status = {
    Status: 'IN_PROGRESS',
    RequestId: 'op-1',
    TargetId: '123456789012',
    PermissionSetArn: permissionSet('1'),
    PrincipalType: 'GROUP',
    PrincipalId: 'g-1',
  };

  test.each([
    ['Create', 'Creation', creations],
    ['Delete', 'Deletion', deletions],
  ] as const)('%s: start, describe and list send the right parameters', async (verb, noun, make) => {
    const { session, sent } = createFakeSession({
      [`${verb}AccountAssignment`]: () => ({ [`AccountAssignment${noun}Status`]: status }),
      [`DescribeAccountAssignment${noun}Status`]: () => ({ [`AccountAssignment${noun}Status`]: status }),
      [`ListAccountAssignment${noun}Status`]: paged(`AccountAssignments${noun}Status`, [
        [{ RequestId: 'op-1' }],
        [{ RequestId: 'op-2' }],
      ]),
    });
    const family = make(session, instanceArn);
    const kind = verb === 'Create' ? 'create' : 'remove';
    expect(family.call).toBe(`${verb}AccountAssignment`);
    expect(await family.start({ kind, grant, seen: null }, budget)).toEqual(status);
    expect(sent[0]?.input).toEqual({
      InstanceArn: instanceArn,
      TargetId: '123456789012',
      TargetType: 'AWS_ACCOUNT',
      PermissionSetArn: permissionSet('1'),
      PrincipalType: 'GROUP',
      PrincipalId: 'g-1',
    });
    expect(await family.describe('op-1', budget)).toEqual({ status, key: keyOfAssignment(grant) });
    expect(sent[1]?.input).toEqual({ InstanceArn: instanceArn, [`AccountAssignment${noun}RequestId`]: 'op-1' });
    expect(await readAll(family.list('IN_PROGRESS'), budget)).toEqual([{ RequestId: 'op-1' }, { RequestId: 'op-2' }]);
    expect(sent[2]?.input).toMatchObject({ Filter: { Status: 'IN_PROGRESS' }, MaxResults: 100 });
  });

  test('an answer without its status object is an empty one', async () => {
    const { session } = createFakeSession({
      CreateAccountAssignment: () => ({}),
      DescribeAccountAssignmentCreationStatus: () => ({}),
    });
    const family = creations(session, instanceArn);
    expect(await family.start({ kind: 'create', grant, seen: null }, budget)).toEqual({});
    expect(await family.describe('op-1', budget)).toMatchObject({ status: {} });
  });
});
