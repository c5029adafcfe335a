import { admit } from './authorize.ts';
import type { Call, Handler } from './call.ts';
import { paged } from './pages.ts';
import { managementGroupId } from './scopes.ts';

const READ_DESCENDANTS = 'Microsoft.Management/managementGroups/descendants/read';

interface Descendant {
  readonly id: string;
  /** Subscriptions have this odd one [spec]. */
  readonly type: 'Microsoft.Management/managementGroups' | '/subscriptions';
  readonly name: string;
  readonly properties: { readonly displayName: string; readonly parent: { readonly id: string } };
}

/** The management groups and subscriptions below a management group, however deep; itself not [spec Microsoft.Management DescendantListResult]. */
export const listDescendants: Handler = (call) => {
  const path = managementGroupId({ id: call.route.name });
  const scope = admit({ ...call, route: { ...call.route, scope: path } }, READ_DESCENDANTS, '');
  const above = scope.id.toLowerCase();
  const rows = everything(call).filter(({ id }) => id.toLowerCase() !== above && isBelow(call, id, above));
  return paged(
    call,
    rows,
    ({ id }) => id,
    (row) => row,
  );
};

function isBelow({ cloud, rights }: Call, id: string, above: string): boolean {
  return cloud.arm.lineage(id).includes(above) && rights.sees(id, READ_DESCENDANTS);
}

function everything({ cloud: { estate } }: Call): readonly Descendant[] {
  const root = estate.managementGroups[0]?.id;
  const child = (parent: string | undefined, displayName: string): Descendant['properties'] => ({
    displayName,
    parent: { id: managementGroupId({ id: parent ?? root ?? '' }) },
  });
  return [
    ...estate.managementGroups.map(({ id, displayName, parent }) => ({
      id: managementGroupId({ id }),
      type: 'Microsoft.Management/managementGroups' as const,
      name: id,
      properties: child(parent, displayName),
    })),
    ...estate.subscriptions.map(({ id, name, managementGroup }) => ({
      id: `/subscriptions/${id}`,
      type: '/subscriptions' as const,
      name: id,
      properties: child(managementGroup, name),
    })),
  ];
}
