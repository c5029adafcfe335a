/** What a step can be asked to do. */
export const operations = ['assign', 'revoke', 'provision'] as const;
export type OperationName = (typeof operations)[number];

/**
 * One line of `principal`, `target` or `role` after its grammar was checked. `kind` is the cloud's own word for what
 * the value is, such as `group-name` or `account-id`.
 */
export interface Line {
  readonly text: string;
  readonly kind: string;
  readonly value: string;
}

/** Who, where and what, after their grammar was checked. */
export interface Lines {
  readonly principals: readonly Line[];
  readonly targets: readonly Line[];
  readonly roles: readonly Line[];
}

/** What a step was asked to do, typed and checked, and not yet resolved. */
export interface Request extends Lines {
  readonly operation: OperationName;
  readonly wait: boolean;
  /** Milliseconds, counted per grant from the first try of its first change. */
  readonly timeoutMs: number;
  /** Whether privileged grants are allowed (P10). */
  readonly allowPrivileged: boolean;
}
