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

/** Who, where and what, after their grammar was checked. Several lines multiply. */
export interface Lines {
  readonly principals: readonly Line[];
  readonly targets: readonly Line[];
  /** The lines of `target` that began with `!`, without it. They apply last. */
  readonly exclusions: readonly Line[];
  readonly roles: readonly Line[];
}

/** The inputs that say who, where and what. */
export const parts = ['principal', 'target', 'role'] as const;
export type Part = (typeof parts)[number];

/** Ceilings that what was resolved is held against before any change (P10). */
export interface Guards {
  /** The lines that each part may resolve to, `*` being a wildcard inside names; `null` for anything. */
  readonly allowed: Readonly<Record<Part, readonly Line[] | null>>;
  /** `null` for any number. */
  readonly maxGrants: number | null;
  /** Milliseconds, `null` for any time. */
  readonly maxLifetimeMs: number | null;
}

/** What a step was asked to do, typed and checked, and not yet resolved. */
export interface Request extends Lines {
  readonly operation: OperationName;
  readonly wait: boolean;
  /** Milliseconds, counted per grant from the first try of its first change. */
  readonly timeoutMs: number;
  /** Whether privileged grants are allowed (P10). */
  readonly allowPrivileged: boolean;
  readonly guards: Guards;
  /** Operations that may be in flight at once, `null` for as many as the cloud allows. */
  readonly maxInFlight: number | null;
  /** Whether each target has to be known by itself, since a plan is written down or held against another. */
  readonly perTarget: boolean;
  /** Plan, print and write, and change nothing. */
  readonly dryRun: boolean;
}
