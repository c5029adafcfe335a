import type { Bucket } from '../buckets.ts';
import type { Permissions } from './estate.ts';
import type { PimOptions } from './pim/options.ts';

/** Differences of the Azure of a rehearsal from the ordinary one. */
export interface AzureOptions {
  /** Of the broker's application; default: the estate's issuer and repository + environment, the audience of each cloud. */
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** Rights of the caller; everything else is 403 AuthorizationFailed. Default: everything. */
  readonly callerRole?: CallerRole;
  /** `limited`: only type and ID of objects, from getByIds; 403 elsewhere. Default all. */
  readonly graphPermissions?: 'all' | 'none' | 'limited';
  readonly lag?: Lag;
  readonly pim?: PimOptions;
  /** Deny assignments of Azure's services on their resources; default none. */
  readonly denyAssignments?: readonly DenyAssignment[];
  readonly limits?: {
    /** Role assignments; default 4000. */
    readonly perSubscription?: number;
    /** Default 500. */
    readonly perManagementGroup?: number;
  };
  /** ARM's token buckets per kind of request; default none. */
  readonly throttle?: { readonly reads?: Bucket; readonly writes?: Bucket; readonly deletes?: Bucket };
  /** Of lists; default 50. */
  readonly pageSize?: number;
  /** 409 RoleAssignmentExists without the sentence that has the ID. */
  readonly olderConflictText?: boolean;
  /** The last role assignment that can write role assignments cannot be deleted. */
  readonly keepLastAdministrator?: boolean;
  /** Scopes (IDs of subscriptions and management groups) that the caller may see; default all. */
  readonly visible?: readonly string[];
  /** 70021 in place of 700211, 700212 and 700213. */
  readonly olderSignInErrors?: boolean;
  /** Of this rehearsal's own environment; default one that is not its address. */
  readonly armAudiences?: readonly string[];
  /** /metadata/endpoints does not name Microsoft Graph. */
  readonly withoutGraph?: boolean;
  /** Starts the recording proxy, through which the well-known hosts of all clouds lead to these servers. */
  readonly proxy?: boolean;
}

/** A deny assignment for everyone (docs/design/azure.md#deny-assignments). */
export interface DenyAssignment {
  /** A GUID. */
  readonly name: string;
  readonly title: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  /** Object IDs. */
  readonly exceptFor?: readonly string[];
  /** Default true. */
  readonly systemProtected?: boolean;
  /** It does not apply to child scopes. */
  readonly onlyHere?: boolean;
}

/** A federated identity credential of an application. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** A role definition's permissions, and the condition of the caller's own assignment of it. */
export interface CallerRole {
  readonly permissions: readonly Permissions[];
  /** Default ['/']. */
  readonly scopes?: readonly string[];
  readonly condition?: string;
}

export interface Lag {
  /** Time until GET and lists show an assignment of a PUT. */
  readonly readMs?: number;
  /** Time for which lists still show a deleted assignment. */
  readonly deleteMs?: number;
  /** From the start of the world, principals marked `fresh` are PrincipalNotFound, unless a right principalType is sent. */
  readonly replicationMs?: number;
  /** Schedules and their instances are seen as they were so long ago. */
  readonly schedulesMs?: number;
}
