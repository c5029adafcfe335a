import type { AzureEstate, DirectoryObject, ServicePrincipal } from './estate.ts';

/** [spec] PrincipalType of role assignments. */
export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal' | 'ForeignGroup' | 'Device';

/** A principal that a role can be assigned to. */
export interface Principal extends DirectoryObject {
  readonly type: PrincipalType;
}

const known = new WeakMap<AzureEstate, ReadonlyMap<string, Principal>>();

/** The principal of an object ID; letter case does not count. */
export function principalOf(estate: AzureEstate, objectId: string): Principal | undefined {
  let byId = known.get(estate);
  if (byId === undefined) {
    byId = new Map(principals(estate).map((principal) => [principal.id.toLowerCase(), principal]));
    known.set(estate, byId);
  }
  return byId.get(objectId.toLowerCase());
}

function principals(estate: AzureEstate): readonly Principal[] {
  const typed = (type: PrincipalType, objects: readonly DirectoryObject[]): Principal[] =>
    objects.map(({ id, displayName, fresh }) => ({ id, displayName, type, ...(fresh === true ? { fresh } : {}) }));
  return [
    ...typed('User', estate.users),
    ...typed('Group', estate.groups),
    ...typed('ServicePrincipal', estate.servicePrincipals),
    ...typed('ForeignGroup', estate.foreignGroups),
    ...typed('Device', estate.devices),
  ];
}

/** The service principal that the workflow is. */
export function brokerOf(estate: AzureEstate): ServicePrincipal {
  const broker = estate.servicePrincipals.find(({ appId }) => appId === estate.broker);
  if (broker === undefined) throw new Error(`The estate's broker ${estate.broker} has no service principal.`);
  return broker;
}
