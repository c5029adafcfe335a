import { noteCheck } from '../../journal.ts';
import type { Call } from './call.ts';
import { ArmRefusal } from './refusal.ts';
import { resolveScope, type Scope } from './scopes.ts';

/** The attributes of role assignments in conditions, under both of their sources' names. */
export interface ConditionAttributes {
  readonly source: 'Request' | 'Resource';
  readonly roleDefinitionId?: string | undefined;
  readonly principalId?: string | undefined;
  readonly principalType?: string | undefined;
}

/** The scope of a call, found and allowed: in ARM's order, existence comes before the caller's rights. */
export function admit(
  call: Call,
  action: string,
  below: string,
  attributes?: (scope: Scope) => ConditionAttributes | undefined,
): Scope {
  const { cloud, route, entry } = call;
  const scope = resolveScope(cloud.estate, route.scope);
  noteCheck(entry, action, [scope?.id ?? route.scope]);
  // A scope that does not exist has the same response as one without rights: "… or the scope is invalid".
  if (scope === null) throw refused(call, action, route.scope + below, false);
  const verdict = call.rights.verdict(action, scope.id, known(attributes?.(scope)));
  if (verdict !== 'allowed')
    throw refused(call, action, (scope.id === '/' ? '' : scope.id) + below, verdict === 'condition');
  return scope;
}

function known(attributes: ConditionAttributes | undefined): ReadonlyMap<string, readonly string[]> {
  if (attributes === undefined) return new Map();
  const { source, ...named } = attributes;
  return new Map(
    Object.entries(named).flatMap(([name, value]: [string, string | undefined]) =>
      value === undefined
        ? []
        : [[`${source}:Microsoft.Authorization/roleAssignments:${name}`.toLowerCase(), [value]] as const],
    ),
  );
}

/** Texts of the live service; the one about conditions is from [docs:troubleshooting]. */
export function refused(call: Call, action: string, over: string, condition: boolean): ArmRefusal {
  const { caller, entry } = call;
  const scope = over === '' ? '/' : over;
  entry.denied = scope;
  return new ArmRefusal(
    403,
    'AuthorizationFailed',
    `The client '${caller.clientId ?? caller.objectId}' with object id '${caller.objectId}' does not have authorization ` +
      `${condition ? 'or an ABAC condition not fulfilled ' : ''}to perform action '${action}' over scope '${scope}' ` +
      'or the scope is invalid. If access was recently granted, please refresh your credentials.',
  );
}

/** A disabled subscription is read-only, deletions included as live reports have it. */
export function refuseReadOnly({ subscription }: Scope): void {
  if (subscription?.state !== 'Disabled' && subscription?.state !== 'Deleted') return;
  throw new ArmRefusal(
    409,
    'ReadOnlyDisabledSubscription',
    `The subscription '${subscription.id}' is disabled and therefore marked as read only. ` +
      'You cannot perform any write actions on this subscription until it is re-enabled.',
  );
}

/**
 * Locks at the scope and above: both kinds block a deletion, ReadOnly blocks writing too
 * (docs/design/azure.md#error-codes; azure-docs#110791).
 */
export function refuseLocked(call: Call, { id }: Scope, operation: 'delete' | 'write', target: string): void {
  const locks = call.cloud.arm.locksOn(id).filter(({ kind }) => operation === 'delete' || kind === 'ReadOnly');
  if (locks.length === 0) return;
  throw new ArmRefusal(
    409,
    'ScopeLocked',
    `The scope '${target}' cannot perform ${operation} operation because following scope(s) are locked: ` +
      `'${locks.map(({ scope }) => scope).join(',')}'. Please remove the lock and try again.`,
  );
}
