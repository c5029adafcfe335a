import type { DenyAssignment } from '../options.ts';
import { admit } from './authorize.ts';
import { timestamp, type Call, type Handler } from './call.ts';
import { paged } from './pages.ts';
import { allows } from './permissions.ts';
import { ArmRefusal } from './refusal.ts';
import { parameter } from './routes.ts';
import { authorizationId, type Scope } from './scopes.ts';

const READ = 'Microsoft.Authorization/denyAssignments/read';

/** All principals, as deny assignments name them (docs/design/azure.md#deny-assignments). */
const EVERYONE = '00000000-0000-0000-0000-000000000000';

/** Lists at, above and below a scope, or at and above it (docs/design/azure.md#deny-assignments). */
export const listDenyAssignments: Handler = (call) => {
  const scope = admit(call, READ, '/providers/Microsoft.Authorization');
  const filter = parameter(call.route.query, '$filter') ?? '';
  if (filter !== '' && filter !== 'atScope()')
    throw new ArmRefusal(400, 'UnsupportedQuery', `The filter '${filter}' is not supported.`);
  const id = scope.id.toLowerCase();
  const { arm, options } = call.cloud;
  const rows = (options.denyAssignments ?? []).filter((row) => {
    const atOrAbove = arm.lineage(id).includes(row.scope.toLowerCase());
    return atOrAbove || (filter === '' && arm.lineage(row.scope).includes(id));
  });
  return paged(
    call,
    rows,
    ({ name }) => name,
    (row) => wire(call, row),
  );
};

/** [spec] DenyAssignment 2022-04-01. */
function wire({ cloud }: Call, row: DenyAssignment): unknown {
  const at = timestamp(cloud.arm.startedAt);
  const { name, scope, title, actions, notActions = [], exceptFor = [] } = row;
  return {
    properties: {
      denyAssignmentName: title,
      description: null,
      permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
      scope,
      doNotApplyToChildScopes: row.onlyHere ?? false,
      principals: [{ id: EVERYONE, type: 'SystemDefined' }],
      excludePrincipals: exceptFor.map((id) => ({ id, type: 'ServicePrincipal' })),
      isSystemProtected: row.systemProtected ?? true,
      createdOn: at,
      updatedOn: at,
      createdBy: null,
      updatedBy: null,
    },
    id: authorizationId(scope, 'denyAssignments', name),
    type: 'Microsoft.Authorization/denyAssignments',
    name,
  };
}

/** A deny wins over every role (docs/design/azure.md#deny-assignments). */
export function refuseDenied({ cloud, caller, entry }: Call, { id }: Scope, action: string): void {
  const line = cloud.arm.lineage(id);
  const found = (cloud.options.denyAssignments ?? []).find(
    ({ scope, onlyHere, actions, notActions = [], exceptFor = [] }) =>
      (onlyHere === true ? scope.toLowerCase() === id.toLowerCase() : line.includes(scope.toLowerCase())) &&
      allows([{ actions, notActions }], action) &&
      !exceptFor.includes(caller.objectId),
  );
  if (found === undefined) return;
  entry.denied = id;
  throw new ArmRefusal(
    403,
    'DenyAssignmentAuthorizationFailed',
    `The client '${caller.clientId ?? caller.objectId}' with object id '${caller.objectId}' has permission to perform action '${action}' on scope '${id}'; ` +
      `however, the access is denied because of the deny assignment with name '${found.title}' and Id '${found.name}' at scope '${found.scope}'.`,
  );
}
