import { sentence } from '#access/words';

/** A reason not to touch what exists, and the hint on it. */
interface Conflict {
  readonly reason: string;
  readonly hint: string;
}

export const hasCondition = (condition: string): Conflict => ({
  reason: `The grant exists with a condition, and this step gives none: ${condition}`,
  hint: 'Set condition to exactly this one, or revoke the grant first. The existing grant gives less than you asked for, but this action never removes a condition.',
});

/** @param identity the one that is there */
export const hasOtherIdentity = (identity = 'none'): Conflict => ({
  reason: `The grant exists with another delegated managed identity: ${identity}`,
  hint: 'Revoke the grant first. Azure cannot change this identity in place.',
});

export const nameIsTaken = (id: string, role: string, scope: string): Conflict => ({
  reason: `Another grant of this principal has this assignment-name: ${id} (role ${role} on ${scope}).`,
  hint: 'Set another assignment-name, or leave it out.',
});

export const leasedMeanwhile: Conflict = {
  reason: 'A lease of this grant was taken after this step had read it.',
  hint: 'Run the step again. It then takes the lease into account.',
};

/** @param age such as `3 min` */
export const replaced = (id: string, age: string): string =>
  `A role assignment with this name already existed (${id}). An earlier try or another caller had made it ${age} before, and reads did not show it yet. It now has the condition and the description of this step.`;

export const triedName = (name: string): string => `The name of the role assignment is ${name}.`;

export const typeNotSent =
  'The request did not name the type of the principal. A condition on types refuses such a request. Give the type (user:, group: or service-principal:).';

export const readAtScopes = (error: string): string =>
  `${sentence(error)} Reading the role assignments at the scopes themselves.`;

/** @param isAbove at a management group or above */
export const notYetEnforced = (isAbove: boolean): string =>
  `The role assignment is visible, but might not be effective yet. Azure can take up to ten minutes to enforce it${hoursAbove(isAbove)}.`;

export const stillEnforced = (isAbove: boolean): string =>
  `The role assignment is deleted, but the access can last longer. Azure can take up to ten minutes to enforce the deletion${hoursAbove(isAbove)}. The tokens of a managed identity are cached for up to 24 hours.`;

const hoursAbove = (isAbove: boolean): string =>
  isAbove ? ', and hours for data actions at a management group or above' : '';

export const inherited = (scopes: readonly string[]): string =>
  `The principal still inherits this role from ${scopes.join(', ')}. This step does not change grants above its scope.`;

export const throughGroups = 'This step does not change the access that the principal has through groups.';
