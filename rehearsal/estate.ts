import type { AzureEstate } from './azure/estate.ts';

/** What the cloud holds when a rehearsal begins, as people write it: see estate.yml. */
export interface Estate {
  /** Absent: the account stands alone (organizations answers AWSOrganizationsNotInUseException). */
  readonly organization?: Organization;
  readonly instances: readonly Instance[];
  readonly identityProvider: IdentityProvider;
  readonly repository: Repository;
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly permissionSets: readonly PermissionSetEntry[];
  readonly assignments?: readonly NamedAssignment[];
  /** Where a permission set is provisioned besides the accounts that have assignments of it; the latest version unless `outdated`. */
  readonly provisioned?: readonly NamedProvisioning[];
  /** What Azure holds; needed only where a rehearsal has an Azure. */
  readonly azure?: AzureEstate;
}

export interface Organization {
  readonly id: string;
  readonly managementAccount: string;
  readonly delegatedAdministrators?: readonly string[];
  readonly root: { readonly id: string; readonly name: string };
  readonly organizationalUnits: readonly OrganizationalUnit[];
  readonly accounts: readonly Account[];
}

export interface OrganizationalUnit {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
}

/** [model] organizations AccountState. */
export type AccountState = 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
  readonly email?: string;
  readonly state?: AccountState;
  readonly customerManagedPolicies?: readonly string[];
}

/** [model] sso-admin InstanceMetadata. */
export interface Instance {
  readonly arn: string;
  readonly name?: string;
  readonly identityStoreId: string;
  readonly ownerAccount: string;
  readonly region: string;
  readonly additionalRegions?: readonly string[];
  /** Account instances have no permission sets [doc:permissionsetdelegation]. */
  readonly permissionSetsEnabled?: boolean;
  readonly status?: 'CREATE_IN_PROGRESS' | 'CREATE_FAILED' | 'DELETE_IN_PROGRESS' | 'ACTIVE';
  readonly tags?: Readonly<Record<string, string>>;
}

export interface IdentityProvider {
  readonly issuer: string;
  /** The client ids of the OIDC provider in IAM. */
  readonly audiences: readonly string[];
}

export interface Repository {
  readonly name: string;
  readonly id: string;
  readonly ownerId: string;
  readonly environment?: string;
}

export interface User {
  readonly id: string;
  readonly userName: string;
  readonly displayName?: string;
  readonly emails?: readonly string[];
}

export interface Group {
  readonly id: string;
  readonly displayName: string;
}

export interface PermissionSetEntry {
  readonly name: string;
  /** `ps-` and 16 characters. */
  readonly id: string;
  /** The instance it belongs to; default: the first that has permission sets. */
  readonly instance?: string;
  readonly description?: string;
  readonly sessionDuration?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly customerManagedPolicies?: readonly string[];
}

/** An assignment as a person names it: `user:…` or `group:…` (name or id), account and permission set by name or id. */
export interface NamedAssignment {
  readonly permissionSet: string;
  readonly account: string;
  readonly principal: string;
}

/** A permission set in an account, by name or id. */
export interface NamedProvisioning {
  readonly permissionSet: string;
  readonly account: string;
  readonly outdated?: boolean;
}
