/** The section `azure` of an estate: a tenant, what is in it, and who. Ids are made up, their forms are the real ones. */
export interface AzureEstate {
  readonly tenant: Tenant;
  /** The client id of the application that the workflow signs in as. */
  readonly broker: string;
  /** The subscription that the workflow names. */
  readonly subscription: string;
  /** The first is the tenant root group: its id is the tenant's, it has no parent. */
  readonly managementGroups: readonly ManagementGroup[];
  readonly subscriptions: readonly Subscription[];
  readonly resourceGroups: readonly ResourceGroup[];
  /** Full ids of resources and child resources, letter case as stored. */
  readonly resources: readonly string[];
  readonly locks?: readonly LockEntry[];
  readonly roleDefinitions: readonly RoleDefinition[];
  readonly users: readonly AzureUser[];
  readonly groups: readonly AzureGroup[];
  readonly servicePrincipals: readonly ServicePrincipal[];
  readonly applications: readonly Application[];
  readonly devices: readonly DirectoryObject[];
  /** Groups of other tenants (directoryObjectPartnerReference). */
  readonly foreignGroups: readonly DirectoryObject[];
  readonly assignments?: readonly AssignmentEntry[];
  /** The settings of roles in Privileged Identity Management; what is not here has the usual ones. */
  readonly policies?: readonly PolicyEntry[];
}

export interface Tenant {
  readonly id: string;
  readonly displayName: string;
  readonly domain: string;
}

export interface ManagementGroup {
  /** The name in its resource id. */
  readonly id: string;
  readonly displayName: string;
  readonly parent?: string;
}

export interface Subscription {
  readonly id: string;
  readonly name: string;
  /** The management group above it; default the tenant root group. */
  readonly managementGroup?: string;
  /** [spec] Microsoft.Resources SubscriptionState; default Enabled. */
  readonly state?: 'Enabled' | 'Warned' | 'PastDue' | 'Disabled' | 'Deleted';
}

export interface ResourceGroup {
  readonly subscription: string;
  readonly name: string;
  readonly location: string;
}

export type LockKind = 'CanNotDelete' | 'ReadOnly';

export interface LockEntry {
  readonly scope: string;
  readonly kind: LockKind;
}

export interface RoleDefinition {
  /** A GUID. */
  readonly id: string;
  readonly name: string;
  readonly type: 'BuiltInRole' | 'CustomRole';
  readonly description?: string;
  readonly permissions: readonly Permissions[];
  /** Of a custom role; built-in ones are assignable at `/`. */
  readonly assignableScopes?: readonly string[];
}

export interface Permissions {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/** [spec] PrincipalType of role assignments. */
export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal' | 'ForeignGroup' | 'Device';

export interface DirectoryObject {
  /** The object id. */
  readonly id: string;
  readonly displayName: string;
  /** Just made: not replicated yet when a rehearsal begins. */
  readonly fresh?: boolean;
}

export interface AzureUser extends DirectoryObject {
  readonly userPrincipalName: string;
  readonly mail?: string;
  readonly userType?: 'Member' | 'Guest';
}

export interface AzureGroup extends DirectoryObject {
  /** Object ids, other groups' too. */
  readonly members?: readonly string[];
}

export interface ServicePrincipal extends DirectoryObject {
  readonly appId: string;
  readonly servicePrincipalType: 'Application' | 'ManagedIdentity';
  /** Besides the appId. */
  readonly servicePrincipalNames?: readonly string[];
}

/** An application object: neither its id nor its appId is an object id that a role can be assigned to. */
export interface Application {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
}

/** A federated identity credential of an application. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export interface AssignmentEntry {
  readonly scope: string;
  /** The name or GUID of a role definition. */
  readonly role: string;
  readonly principalId: string;
  readonly name?: string;
  readonly description?: string;
  readonly condition?: string;
}

/** The settings of a role at a scope, as far as they concern active assignments (docs/design/azure.md#pim-policies). */
export interface PolicyEntry {
  readonly scope: string;
  /** The name or GUID of a role definition. */
  readonly role: string;
  /** ISO 8601; default P180D. */
  readonly maximumDuration?: string;
  /** Whether an assignment may have no end; default not. */
  readonly permanent?: boolean;
  /** Default Justification alone. */
  readonly requires?: readonly ('MultiFactorAuthentication' | 'Justification' | 'Ticketing')[];
  /** The value of the `acrs` claim that a requestor's token must have; default none. */
  readonly authenticationContext?: string;
  /** Object ids of who approves activations; default none. */
  readonly approvers?: readonly string[];
  /** Names of rules that every request breaks: `AdminRequestRule`. */
  readonly refuses?: readonly string[];
}

/** A principal that a role can be assigned to. */
export interface Principal extends DirectoryObject {
  readonly type: PrincipalType;
}

const known = new WeakMap<AzureEstate, ReadonlyMap<string, Principal>>();

/** The principal of an object id; letter case does not count. */
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
