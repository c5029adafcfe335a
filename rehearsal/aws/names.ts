import type { NamedAssignment } from '../estate.ts';
import type { Assignment, PermissionSet, State } from './state.ts';

/** An assignment by IDs or, as in estate.yml, by names. */
export type AssignmentLike = Assignment | NamedAssignment;

/** Finds the one thing that a person names; zero or several are an error of the script. */
export interface Names {
  account(nameOrId: string): string;
  permissionSet(nameOrArn: string): PermissionSet;
  /** `user:…`, `group:…` with a name or an ID, or a bare ID. */
  principal(text: string): Pick<Assignment, 'principalType' | 'principalId'>;
  assignment(like: AssignmentLike): Assignment;
}

export function makeNames(state: State): Names {
  const account = (nameOrId: string): string => {
    if (/^\d{12}$/.test(nameOrId)) return nameOrId;
    return only(
      `account ${nameOrId}`,
      [...state.accounts.values()].filter(({ name }) => name === nameOrId),
    ).id;
  };
  const permissionSet = (nameOrArn: string): PermissionSet =>
    only(
      `permission set ${nameOrArn}`,
      [...state.permissionSets.values()].filter(({ name, arn }) => name === nameOrArn || arn === nameOrArn),
    );
  const principal = (text: string): Pick<Assignment, 'principalType' | 'principalId'> => {
    const [, prefix, rest = text] = /^(user|group):(.*)$/s.exec(text) ?? [];
    const users = [...state.users.values()].filter(({ id, userName }) => id === rest || userName === rest);
    const groups = [...state.groups.values()].filter(({ id, displayName }) => id === rest || displayName === rest);
    const found: Pick<Assignment, 'principalType' | 'principalId'>[] = [
      ...(prefix === 'group' ? [] : users.map(({ id }) => ({ principalType: 'USER' as const, principalId: id }))),
      ...(prefix === 'user' ? [] : groups.map(({ id }) => ({ principalType: 'GROUP' as const, principalId: id }))),
    ];
    return only(`principal ${text}`, found);
  };
  return {
    account,
    permissionSet,
    principal,
    assignment: (like) =>
      'permissionSetArn' in like
        ? like
        : {
            accountId: account(like.account),
            permissionSetArn: permissionSet(like.permissionSet).arn,
            ...principal(like.principal),
          },
  };
}

function only<T>(what: string, found: readonly T[]): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`The estate has ${found.length} of: ${what}`);
  return first;
}
