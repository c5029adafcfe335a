import type { Budget } from '../access/clock.ts';
import { absent, type ChangeKind, type Cloud, type Observation, type Operation } from '../access/cloud.ts';
import { CloudError, Refusal } from '../access/errors.ts';
import type { Assignment, Grant, Identity, Provisioning } from '../access/grant.ts';
import type { Request } from '../access/request.ts';
import { resolveTarget } from './accounts.ts';
import { creations, deletions, keyOfAssignment, readAssignments } from './assignments.ts';
import type { AwsSettings } from './declaration.ts';
import { explainDenial } from './denial.ts';
import { createFinder, toOperation, type Family } from './family.ts';
import { findInstance, type Instance } from './instance.ts';
import { openSessions } from './open-sessions.ts';
import { resolvePermissionSet } from './permission-sets.ts';
import { needsDirectory, resolvePrincipal } from './principals.ts';
import { keyOfProvisioning, provisionings, readProvisionings } from './provisioning.ts';
import { openSession, type AwsSession } from './session.ts';
import type { CloudTools } from '../access/tools.ts';

const words = {
  cloud: 'AWS IAM Identity Center',
  role: 'permission set',
  target: 'account',
  brief: (id: string) => id,
} as const;

/** AWS IAM Identity Center behind the domain's port. */
export function openAws(settings: AwsSettings, tools: CloudTools): Cloud {
  const session = openSession(settings, tools);
  const finder = createFinder(session, ({ grant }) => keyOf(grant));
  let instance: Instance | null = null;

  const instanceArn = (): string => {
    if (instance === null) throw new TypeError('nothing was resolved yet');
    return instance.arn;
  };
  const familyOf = (kind: ChangeKind): Family => {
    switch (kind) {
      case 'create':
      case 'update':
        return creations(session, instanceArn());
      case 'remove':
        return deletions(session, instanceArn());
      case 'provision':
        return provisionings(session, instanceArn());
    }
  };

  return {
    words,
    async resolve(request, budget) {
      const resolved = await resolve(session, request, budget);
      instance = resolved.instance;
      return resolved.grants;
    },
    read: (grants, budget) => read(session, instanceArn(), grants, budget),
    async find(changes, search, budget) {
      const [first] = changes;
      return first === undefined ? [] : finder(familyOf(first.kind), changes, search, budget);
    },
    async start(change, budget) {
      const family = familyOf(change.kind);
      try {
        return toOperation(change, family, await family.start(change, budget));
      } catch (error) {
        if (error instanceof CloudError && instance !== null)
          throw await explainDenial(session, instance, change, error, budget);
        throw error;
      }
    },
    visibleWithinMs: 15_500,
    listsOperations: true,
    remarkOn: ({ kind, grant, changed }, budget) =>
      kind === 'remove' && changed ? openSessions(session, instanceArn(), grant, budget) : Promise.resolve(null),
    ask: (operations, budget) =>
      Promise.all(operations.map((operation) => ask(familyOf(operation.change.kind), operation, budget))),
  };
}

async function ask(family: Family, operation: Operation, budget: Budget): Promise<Operation> {
  const { status } = await family.describe(operation.requestId, budget);
  return toOperation(operation.change, family, status, operation.requestId);
}

function keyOf(grant: Grant): string {
  return grant.kind === 'assignment' ? keyOfAssignment(grant) : keyOfProvisioning(grant);
}

async function resolve(
  session: AwsSession,
  request: Request,
  budget: Budget,
): Promise<{ readonly instance: Instance; readonly grants: readonly Grant[] }> {
  const guarded = request.operation === 'assign' && !request.allowPrivileged;
  const needs = { identityStore: request.principals.some(needsDirectory), owner: guarded };
  const [instance, targets] = await Promise.all([
    findInstance(session, needs, budget),
    Promise.all(request.targets.map((line) => resolveTarget(session, line, budget))),
  ]);
  if (guarded) refuseManagementAccount(instance, targets);
  const [principals, roles] = await Promise.all([
    Promise.all(request.principals.map((line) => resolvePrincipal(session, line, instance.identityStoreId, budget))),
    Promise.all(
      request.roles.map((line) => resolvePermissionSet(session, line, instance.arn, singleAccount(targets), budget)),
    ),
  ]);
  const places = targets.flatMap((target) => roles.map((role) => ({ role, target })));
  const grants: readonly Grant[] =
    request.operation === 'provision'
      ? places.map((place) => ({ kind: 'provisioning', ...place }))
      : principals.flatMap((principal) =>
          places.map((place): Assignment => ({ kind: 'assignment', principal, ...place })),
        );
  return { instance, grants };
}

/** The account whose permission sets are looked at first, where there is just one. */
function singleAccount([first, ...others]: readonly Identity[]): string | null {
  return first !== undefined && others.length === 0 && /^\d+$/u.test(first.id) ? first.id : null;
}

/** Who is admin in the management account is admin of the organization: refused unless it was asked for (P10). */
function refuseManagementAccount({ ownerAccountId }: Instance, targets: readonly Identity[]): void {
  if (ownerAccountId === null) {
    throw new Refusal(
      'It cannot be told whether the target is the organization’s management account, where grants are refused by default.',
      'Give aws-identity-store-id as its ARN (it names the owner account), or allow it with allow-privileged: true.',
    );
  }
  if (!targets.some(({ id }) => id === ownerAccountId)) return;
  throw new Refusal(
    `The target ${ownerAccountId} is the organization’s management account: a grant there is refused by default.`,
    'If it is meant, allow it with allow-privileged: true.',
  );
}

async function read(
  session: AwsSession,
  instanceArn: string,
  grants: readonly Grant[],
  budget: Budget,
): Promise<readonly Observation[]> {
  const assignments = grants.filter((grant): grant is Assignment => grant.kind === 'assignment');
  const pushes = grants.filter((grant): grant is Provisioning => grant.kind === 'provisioning');
  const [assigned, pushed] = await Promise.all([
    readAssignments(session, instanceArn, assignments, budget),
    readProvisionings(session, instanceArn, pushes, budget),
  ]);
  const seen = new Map<Grant, Observation | undefined>();
  for (const [index, grant] of assignments.entries()) seen.set(grant, assigned[index]);
  for (const [index, grant] of pushes.entries()) seen.set(grant, pushed[index]);
  return grants.map((grant) => seen.get(grant) ?? absent);
}
