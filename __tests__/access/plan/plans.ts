import type { Assignment, Provisioning } from '../../../src/access/grant.ts';
import { documentPlan, type PlanDocument } from '../../../src/access/plan/document.ts';
import type { PlanContext } from '../../../src/access/cloud.ts';
import type { Step } from '../../../src/access/plan/plan.ts';
import { permanent, type ChangingOperation, type Lifetime, type Line } from '../../../src/access/request.ts';

const context: PlanContext = { caller: 'caller-1', directory: 'directory-1', settings: {} };

function assignmentOf(principal: string, role = 'r-1', target = 't-1'): Assignment {
  return {
    kind: 'assignment',
    principal: { type: 'GROUP', id: principal, name: `Group ${principal}` },
    role: { id: role, name: null },
    target: { id: target, name: 'prod' },
  };
}

function pushOf(target: string): Provisioning {
  return { kind: 'provisioning', role: { id: 'r-1', name: 'Reader' }, target: { id: target, name: null } };
}

export function create(principal: string, role?: string, target?: string): Step {
  return { action: 'create', grant: assignmentOf(principal, role, target), seen: null };
}
export function keep(principal: string): Step {
  return { action: 'keep', grant: assignmentOf(principal), seen: { assignmentId: null, principalType: null } };
}
export function refuse(principal: string): Step {
  return { action: 'refuse', grant: assignmentOf(principal), seen: null, reason: 'it has a condition', hint: 'look' };
}
export function update(principal: string): Step {
  const seen = { assignmentId: null, principalType: null };
  return { action: 'update', grant: assignmentOf(principal), seen, outdated: ['description'] };
}
export function push(target: string): Step {
  return { action: 'provision', grant: pushOf(target), seen: null };
}

interface Over extends Partial<PlanContext> {
  readonly operation?: ChangingOperation;
  readonly cloud?: string;
  readonly targets?: readonly Line[];
  readonly lifetime?: Lifetime;
  readonly planFor?: string | null;
}

export function planOf(steps: readonly Step[], over: Over = {}): PlanDocument {
  const { operation = 'assign', cloud = 'sky', targets = [], lifetime = permanent, planFor = null, ...more } = over;
  return documentPlan(steps, { operation, targets, lifetime }, { ...context, ...more }, { cloud, planFor });
}
