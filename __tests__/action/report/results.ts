import type { Outcome, Result, LeaseReport } from '../../../src/access/outcome.ts';
import type { Assignment, Provisioning } from '../../../src/access/grant.ts';

const startedAt = Date.parse('2026-03-04T05:06:07Z');

export const assignment: Assignment = {
  kind: 'assignment',
  principal: { type: 'GROUP', id: 'g-1', name: 'Payments On-Call' },
  role: { id: 'arn:aws:sso:::permissionSet/ssoins-1/ps-1', name: 'Reader' },
  target: { id: '012345678901', name: null },
};
export const provisioning: Provisioning = { kind: 'provisioning', role: assignment.role, target: assignment.target };
export const words = {
  cloud: 'Test Cloud',
  role: 'permission set',
  target: 'account',
  ender: 'the sky',
  releaseWorkflow: 'release-a-lease.yml',
  brief: (id: string) => id,
} as const;

export function resultOf(outcome: Outcome, over: Partial<Result> = {}): Result {
  return {
    grant: assignment,
    action: 'create',
    outcome,
    seen: null,
    lease: null,
    startedAt,
    endedAt: startedAt + 4_200,
    ...over,
  };
}

export const succeeded = {
  status: 'SUCCEEDED',
  changed: true,
  requestId: 'req-1',
  remark: null,
} as const satisfies Outcome;
export const unchanged = {
  status: 'SUCCEEDED',
  changed: false,
  requestId: null,
  remark: null,
} as const satisfies Outcome;
export const inProgress = {
  status: 'IN_PROGRESS',
  requestId: 'req-2',
  reason: 'the time limit passed',
  hint: null,
} as const satisfies Outcome;
export const unknown = {
  status: 'IN_PROGRESS',
  requestId: null,
  reason: 'socket hang up',
  hint: null,
} as const satisfies Outcome;
export const failed = {
  status: 'FAILED',
  changed: false,
  requestId: 'req-3',
  reason: 'the USER assignee was not found',
  hint: 'check principal',
  failure: null,
} as const satisfies Outcome;

export const lease: LeaseReport = {
  did: 'took',
  state: 'leased',
  id: 'lease-1',
  expiresAt: Date.parse('2026-03-04T07:06:00Z'),
  endsAtLatest: Date.parse('2026-03-04T07:06:00Z'),
  guarantee: 'scheduler',
  keepAfterJob: false,
  sentences: [],
};
