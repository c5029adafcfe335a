import type { PrincipalType } from '../principals.ts';

/** Unique properties of a grant (docs/design/azure.md#creating-and-updating). */
export interface Subject {
  readonly scope: string;
  /** The GUID of the role definition alone. */
  readonly roleDefinitionId: string;
  readonly principalId: string;
}

export function subjectKey({ scope, roleDefinitionId, principalId }: Subject): string {
  return `${scope} ${roleDefinitionId} ${principalId}`.toLowerCase();
}

/** A role assignment in its present state, without any lag. */
export interface Assignment extends Subject {
  /** `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}` */
  readonly id: string;
  readonly name: string;
  readonly principalType: PrincipalType;
  readonly description: string | null;
  readonly condition: string | null;
  readonly conditionVersion: string | null;
  readonly delegatedManagedIdentityResourceId: string | null;
  /** ms epoch */
  readonly createdOn: number;
  readonly updatedOn: number;
}

/** The same as tests and other actors name it; `role` is a GUID or a name that only one definition has. Letter case does not count. */
export interface Tuple {
  readonly scope: string;
  readonly role: string;
  readonly principalId: string;
}
