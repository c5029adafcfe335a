/** An IAM role. */
export interface Role {
  readonly arn: string;
  /** Its trust policy: the callers that can assume it. */
  readonly trust: unknown;
  /** Its permissions; undefined allows everything. */
  readonly policy: unknown;
}

/** The roles that there are. */
export interface Roles {
  find(arn: string): Role | undefined;
  /** For a role that does not exist (any longer): one that allows nothing. */
  policyOf(arn: string): unknown;
  /** Adds or replaces a role. */
  put(role: Role): void;
  remove(arn: string): void;
}

const NOTHING = { Version: '2012-10-17', Statement: [] };

export function makeRoles(initial: readonly Role[]): Roles {
  const roles = new Map(initial.map((role) => [role.arn, role]));
  return {
    find: (arn) => roles.get(arn),
    policyOf: (arn) => {
      const role = roles.get(arn);
      return role === undefined ? NOTHING : role.policy;
    },
    put: (role) => void roles.set(role.arn, role),
    remove: (arn) => void roles.delete(arn),
  };
}
