import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { toRecord, writeResultsFile } from '../../../src/action/report/results.ts';
import { assignment, failed, inProgress, lease, provisioning, resultOf, succeeded, unchanged } from './results.ts';

describe('toRecord', () => {
  test('is keyed like the outputs, with IDs, names and times', () => {
    expect(toRecord(resultOf(succeeded))).toEqual({
      status: 'SUCCEEDED',
      action: 'create',
      changed: true,
      'request-id': 'req-1',
      'assignment-id': '',
      'principal-id': 'g-1',
      'principal-type': 'GROUP',
      'principal-name': 'Payments On-Call',
      'role-id': 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
      'role-name': 'Reader',
      'target-id': '012345678901',
      'target-name': '',
      'lease-id': '',
      'lease-state': '',
      'expires-at': '',
      'ends-at-latest': '',
      'expiry-guarantee': '',
      'failure-reason': '',
      'started-at': '2026-03-04T05:06:07.000Z',
      'ended-at': '2026-03-04T05:06:11.200Z',
    });
  });

  test('values that were read show the ID of the assignment, and the type of a principal without a given type', () => {
    const untyped = { ...assignment, principal: { ...assignment.principal, type: null } };
    const seen = { assignmentId: '/assignments/a-1', principalType: 'ServicePrincipal' };
    expect(toRecord(resultOf(succeeded, { seen }))).toMatchObject({
      'assignment-id': '/assignments/a-1',
      'principal-type': 'GROUP',
    });
    expect(toRecord(resultOf(succeeded, { grant: untyped, seen }))).toMatchObject({
      'principal-type': 'ServicePrincipal',
    });
    expect(toRecord(resultOf(failed, { grant: untyped }))).toMatchObject({ 'assignment-id': '', 'principal-type': '' });
  });

  test('shows the end of a lease, and its guarantee', () => {
    const endsAtLatest = Date.parse('2026-03-04T09:00:00Z');
    expect(toRecord(resultOf(succeeded, { lease: { ...lease, state: 'shared', endsAtLatest } }))).toMatchObject({
      'lease-id': 'lease-1',
      'lease-state': 'shared',
      'expires-at': '2026-03-04T07:06:00Z',
      'ends-at-latest': '2026-03-04T09:00:00Z',
      'expiry-guarantee': 'scheduler',
    });
    const kept = {
      ...lease,
      state: 'permanent',
      id: null,
      expiresAt: null,
      endsAtLatest: null,
      guarantee: null,
    } as const;
    expect(toRecord(resultOf(unchanged, { lease: kept }))).toMatchObject({
      'lease-id': '',
      'lease-state': 'permanent',
      'expires-at': '',
      'ends-at-latest': '',
      'expiry-guarantee': '',
    });
  });

  test('a push has no principal', () => {
    expect(toRecord(resultOf(succeeded, { grant: provisioning }))).toMatchObject({
      'principal-id': '',
      'principal-type': '',
      'principal-name': '',
    });
  });

  test('a failure has its reason, and a change in progress counts as changed', () => {
    expect(toRecord(resultOf(failed))).toMatchObject({
      changed: false,
      'failure-reason': 'the USER assignee was not found',
    });
    expect(toRecord(resultOf(inProgress))).toMatchObject({ changed: true, 'failure-reason': 'the time limit passed' });
    expect(toRecord(resultOf(unchanged))).toMatchObject({ changed: false, 'request-id': '', 'failure-reason': '' });
  });
});

describe('writeResultsFile', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cloud-access-test-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const context = {
    actor: 'octocat',
    actorId: '583231',
    run: 'https://github.com/o/r/actions/runs/7/attempts/2',
    commit: 'abc',
    environment: 'production',
    reason: 'Incident 4711',
    dryRun: false,
    approvals: [],
  };

  test('holds the caller, the run, and every record', () => {
    const records = [toRecord(resultOf(succeeded)), toRecord(resultOf(failed))];
    const path = writeResultsFile(records, context, folder);
    expect(path.startsWith(folder)).toBe(true);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      schema: 2,
      actor: 'octocat',
      'actor-id': '583231',
      run: context.run,
      commit: 'abc',
      environment: 'production',
      reason: 'Incident 4711',
      approvals: [],
      results: records,
    });
  });

  test('of a dry run records that nothing was changed', () => {
    const path = writeResultsFile([toRecord(resultOf(succeeded))], { ...context, dryRun: true }, folder);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ 'dry-run': true, results: [{ changed: true }] });
  });

  test('is a new file each time, which only this user can read', () => {
    const [one, other] = [writeResultsFile([], context, folder), writeResultsFile([], context, folder)];
    expect(one).not.toBe(other);
    if (process.platform !== 'win32') expect(statSync(one).mode & 0o777).toBe(0o600);
  });
});
