import type { RoleDefinition } from '../estate.ts';
import { admit } from './authorize.ts';
import { json, timestamp, type Call, type Handler } from './call.ts';
import { definitionFilter } from './filters.ts';
import { paged } from './pages.ts';
import { ArmRefusal, bare } from './refusal.ts';
import { parameter } from './routes.ts';
import { definitionId, type Scope } from './scopes.ts';
import { anotherUser } from './state.ts';

const READ = 'Microsoft.Authorization/roleDefinitions/read';

/**
 * Lists what can be assigned at a scope; names are compared without regard to letter case
 * (docs/design/azure.md#role-definitions).
 */
export const listDefinitions: Handler = (call) => {
  const scope = admit(call, READ, '/providers/Microsoft.Authorization');
  const { roleName, type, below = false } = definitionFilter(parameter(call.route.query, '$filter'));
  const rows = call.cloud.estate.roleDefinitions.filter(
    (definition) =>
      (roleName === undefined || definition.name.toLowerCase() === roleName) &&
      (type === undefined || definition.type.toLowerCase() === type) &&
      assignable(call, definition, scope, below),
  );
  return paged(
    call,
    rows,
    ({ id }) => id,
    (definition) => wire(call, definition, scope),
  );
};

export const getDefinition: Handler = (call) => {
  const { route, cloud } = call;
  const scope = admit(call, READ, `/providers/Microsoft.Authorization/roleDefinitions/${route.name}`);
  const found = cloud.arm.definition(route.name);
  if (found !== undefined && assignable(call, found, scope, false)) return json(200, wire(call, found, scope));
  throw new ArmRefusal(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${bare(route.name)}' does not exist.`,
  );
};

/** Custom roles are known at and below their assignable scopes. */
function assignable(
  { cloud }: Call,
  { type, assignableScopes = [] }: RoleDefinition,
  scope: Scope,
  below: boolean,
): boolean {
  if (type === 'BuiltInRole') return true;
  const line = cloud.arm.lineage(scope.id);
  return assignableScopes.some(
    (above) =>
      line.includes(above.toLowerCase()) || (below && cloud.arm.lineage(above).includes(scope.id.toLowerCase())),
  );
}

/** [spec] RoleDefinition; built-in ones have no author. */
function wire(call: Call, definition: RoleDefinition, scope: Scope): Readonly<Record<string, unknown>> {
  const builtIn = definition.type === 'BuiltInRole';
  const author = builtIn ? null : anotherUser(call.cloud.estate);
  return {
    properties: {
      roleName: definition.name,
      type: definition.type,
      description: definition.description ?? '',
      assignableScopes: builtIn ? ['/'] : (definition.assignableScopes ?? []),
      permissions: definition.permissions.map(
        ({ actions = [], notActions = [], dataActions = [], notDataActions = [] }) => ({
          actions,
          notActions,
          dataActions,
          notDataActions,
        }),
      ),
      createdOn: timestamp(call.cloud.arm.startedAt),
      updatedOn: timestamp(call.cloud.arm.startedAt),
      createdBy: author,
      updatedBy: author,
    },
    id: definitionId(scope.id, definition.id),
    type: 'Microsoft.Authorization/roleDefinitions',
    name: definition.id,
  };
}
