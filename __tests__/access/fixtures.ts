import {
  absent,
  type Limits,
  type Observation,
  type PlanContext,
  type Seen,
  type Standing,
} from '../../src/access/cloud.ts';
import { CloudError, type Failure, type FailureKind } from '../../src/access/errors.ts';
import type { Assignment, Grant, Provisioning } from '../../src/access/grant.ts';
import { permanent, type Request } from '../../src/access/request.ts';

export const words = {
  cloud: 'Test Cloud',
  role: 'role',
  target: 'place',
  ender: 'the sky',
  releaseWorkflow: 'release-a-lease.yml',
  brief: (id: string) => id,
} as const;

export const assignment: Assignment = {
  kind: 'assignment',
  principal: { type: 'GROUP', id: 'g-1', name: 'Payments On-Call' },
  role: { id: 'r-1', name: 'Reader' },
  target: { id: 't-1', name: null },
};

export const provisioning: Provisioning = {
  kind: 'provisioning',
  role: { id: 'r-1', name: 'Reader' },
  target: { id: 't-1', name: null },
};

/** One of many: of a numbered group, on a place. */
export function assignmentOf(group: number, place: number | string = group): Assignment {
  return {
    kind: 'assignment',
    principal: { type: 'GROUP', id: `g-${group}`, name: null },
    role: { id: 'r-1', name: null },
    target: { id: `t-${place}`, name: null },
  };
}

/** `many` assignments, distributed in turn over as many places. */
export function assignmentsOn(many: number, places: number): readonly Assignment[] {
  return Array.from({ length: many }, (_, index) => assignmentOf(index, index % places));
}

/** Identifies grants as a cloud does: by IDs. */
export function keyOf(grant: Grant): string {
  const who = grant.kind === 'assignment' ? `${grant.principal.type ?? ''} ${grant.principal.id}` : '';
  return [grant.kind, who, grant.role.id, grant.target.id].join(' ');
}

export const request: Request = {
  operation: 'assign',
  lifetime: permanent,
  reason: null,
  principals: [],
  targets: [],
  exclusions: [],
  roles: [],
  wait: true,
  timeoutMs: 5 * 60_000,
  allowPrivileged: false,
  guards: { allowed: { principal: null, target: null, role: null }, maxGrants: null, maxLifetimeMs: null },
  maxInFlight: null,
  perTarget: false,
  dryRun: false,
};

export const planContext: PlanContext = { caller: 'role-1', directory: 'directory-1', settings: {} };

/** Room enough for anything. */
export const roomy: Limits = { inFlight: 100, outstanding: {} };

/** A cloud that gives assignments no IDs. */
export const unnamed: Seen = { assignmentId: null, principalType: null };

/** Reason why a grant that exists with properties that no input requests is left alone. */
export const conflict = { reason: 'It is there with a lock on it.', hint: 'Take the lock off first.' } as const;

/** Read that shows a standing. */
export function observe(standing: Standing, seen: Seen = unnamed): Observation {
  switch (standing) {
    case 'absent':
      return absent;
    case 'current':
      return { standing, seen };
    case 'outdated':
      return { standing, seen, outdated: ['t-1'] };
    case 'conflicting':
      return { standing, seen, ...conflict };
  }
}

/** A read with other properties than requested. */
export function failure(kind: FailureKind, over: Partial<Failure> = {}): Failure {
  return {
    kind,
    operation: 'test:Start',
    code: `${kind}Exception`,
    message: `it is ${kind}`,
    requestId: 'aws-req-1',
    retryAfterMs: null,
    hint: `what to do about ${kind}`,
    ...over,
  };
}

/** The connection broke before an answer came. */
export const lost = cloudError('unreachable', { code: 'ECONNRESET', message: 'socket hang up', requestId: null });

export function cloudError(kind: FailureKind, over: Partial<Failure> = {}): CloudError {
  return new CloudError(failure(kind, over));
}
