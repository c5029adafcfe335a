import type { Agenda } from '../agenda.ts';
import type { Buckets } from '../buckets.ts';
import type { ArmState } from './arm/state.ts';
import type { AzureEstate, PrincipalType } from './estate.ts';
import type { AzureOptions } from './options.ts';
import type { Pim } from './pim/pim.ts';

export type { AzureOptions } from './options.ts';

/** What the servers of the Azure double share. */
export interface AzureCloud {
  /** Does not change: tenant, subscriptions, groups, role definitions, principals. */
  readonly estate: AzureEstate;
  /** Changes: role assignments and locks. */
  readonly arm: ArmState;
  /** Changes: what is assigned for a time. */
  readonly pim: Pim;
  readonly tokens: AccessTokens;
  readonly options: AzureOptions;
  /** ARM's. */
  readonly buckets: Buckets;
  readonly agenda: Agenda;
  readonly now: () => number;
  /** The audiences that ARM takes under a host name: those of that host's cloud. */
  armAudiences(host: string): readonly string[];
}

/** The access tokens of the rehearsal's Entra: signed JWTs, good for an hour of its time. */
export interface AccessTokens {
  issue(grant: TokenGrant): string;
  /** `authorization` is the whole header; a slash at the end of an audience does not count. */
  verify(authorization: string | undefined, audiences: readonly string[]): Caller | TokenFault;
  /** The run that a token was issued for; `authorization` as above. */
  runOf(authorization: string | undefined): string | undefined;
  /** All that were issued. */
  secrets(): readonly string[];
}

/** Whom a token is for; by default the broker. */
export interface TokenGrant {
  readonly audience: string;
  readonly objectId?: string;
  readonly clientId?: string | null;
  readonly tenantId?: string;
  /** The run whose ID token it is given for; no claim of it. */
  readonly runId?: string;
}

/** Who presents a token. */
export interface Caller {
  readonly objectId: string;
  readonly clientId: string | null;
  readonly tenantId: string;
}

/** `tenant`: rightly signed, but of another tenant. */
export type TokenFault = 'missing' | 'invalid' | 'expired' | 'audience' | 'tenant';

/** A role assignment as it stands, without any lag. */
export interface Assignment {
  /** `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}` */
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  /** The GUID of the role definition alone. */
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly description: string | null;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly delegatedManagedIdentityResourceId: string | null;
  /** ms epoch */
  readonly createdOn: number;
  readonly updatedOn: number;
}

/** A grant by what makes it one of a kind; `role` is a GUID or a name that only one definition has. Letter case does not count. */
export interface Tuple {
  readonly scope: string;
  readonly role: string;
  readonly principalId: string;
}

export interface NewAssignment extends Tuple {
  readonly name?: string;
  readonly principalType?: PrincipalType;
  readonly description?: string;
  readonly condition?: string;
}

export type LockKind = 'CanNotDelete' | 'ReadOnly';

/** A PUT or DELETE that changed something. */
export interface AzureChange {
  readonly kind: 'create' | 'update' | 'delete';
  /** Of the role assignment. */
  readonly id: string;
  /** ms epoch */
  readonly at: number;
}

/** What tests and other actors see of ARM and do to it, without lags; ArmState has all of it. */
export interface LiveArm {
  assignments(): readonly Assignment[];
  /** Somebody else's grant: seen at once, and no effective change. */
  add(assignment: NewAssignment): Assignment;
  /** By id or by tuple; nothing there is an error of the script. */
  remove(what: string | Tuple): void;
  has(tuple: Tuple): boolean;
  find(tuple: Tuple): Assignment | undefined;
  lock(scope: string, kind: LockKind): void;
  unlock(scope: string): void;
  effectiveChanges(): readonly AzureChange[];
  /** The GUID of the one role definition of a name. */
  role(name: string): string;
}
