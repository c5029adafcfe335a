/** Operations that change grants by a plan. */
export const changingOperations = ['assign', 'revoke', 'provision'] as const;
export type ChangingOperation = (typeof changingOperations)[number];

/** Operations on all grants of access files, or on everything that exists. */
export const fileOperations = ['reconcile', 'inventory'] as const;

/** All operations; the last four are about existing leases. */
export const operations = [...changingOperations, ...fileOperations, 'release', 'extend', 'list', 'sweep'] as const;
export type OperationName = (typeof operations)[number];

/** Duration of access. */
export type Lifetime =
  | {
      readonly kind: 'permanent';
      /** That this is meant was not said: no lifetime was given. */
      readonly isUnsaid?: true;
    }
  | {
      readonly kind: 'lease';
      /** From the time of joining on, in milliseconds. */
      readonly ms: number;
      /** True if it runs to its end although the job has ended. */
      readonly keepAfterJob: boolean;
      /** Action for access that is already permanent. */
      readonly onExisting: 'keep' | 'fail';
    };

/** The word for it in inputs and plans. */
export const withoutEnd = 'permanent';
export const permanent: Lifetime = { kind: 'permanent' };
export const unsaidPermanent: Lifetime = { kind: 'permanent', isUnsaid: true };

/** The lease ID that `assign` returned: checked, and opaque outside its cloud's folder. */
export type LeaseId = string;

/**
 * One line of `principal`, `target` or `role` after its grammar was checked. `kind` is the cloud's own word for what
 * the value is, such as `group-name` or `account-id`.
 */
export interface Line {
  readonly text: string;
  readonly kind: string;
  readonly value: string;
}

/** The only line of `principal` for the person who started the workflow. */
export const requester = 'requester';

/** Principals, targets and roles, after their grammar was checked. Several lines multiply. */
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

/** A person who approved a step, by the principal that access would be granted to. */
export interface Approver {
  readonly login: string;
  readonly line: Line;
}

/** Ceilings that what was resolved is held against before any change (P10). */
export interface Guards {
  /** The lines that each part may resolve to, `*` being a wildcard inside names; `null` for anything. */
  readonly allowed: Readonly<Record<Part, readonly Line[] | null>>;
  /** `null` for any number. */
  readonly maxGrants: number | null;
  /** Milliseconds, `null` for any time. */
  readonly maxLifetimeMs: number | null;
  /** Must not be among the principals of grants; left out where no person is compared with them. */
  readonly approvers?: readonly Approver[];
}

/** Bounds of every step that changes something. */
export interface Bounds {
  /** Milliseconds, counted per grant from the first try of its first change. */
  readonly timeoutMs: number;
  /** Operations that may be in flight at once, `null` for as many as the cloud allows. */
  readonly maxInFlight: number | null;
}

/** The changes that a step requests, typed and checked, but not yet resolved. */
export interface Request extends Lines, Bounds {
  readonly operation: ChangingOperation;
  /** Of what `assign` grants; `permanent` for all others. */
  readonly lifetime: Lifetime;
  /** The reason, in a line of words; `null` where none was given. */
  readonly reason: string | null;
  readonly wait: boolean;
  /** True if privileged grants are allowed (P10). */
  readonly allowPrivileged: boolean;
  readonly guards: Guards;
  /** True if each target must be known by itself, because a plan is written or compared. */
  readonly perTarget: boolean;
  /** Plan, print and write, and change nothing. */
  readonly dryRun: boolean;
}

/** End one's own hold on what a step leased. */
export interface ReleaseRequest extends Bounds {
  readonly operation: 'release';
  readonly leaseId: LeaseId;
  readonly reason: string | null;
}

/** Join again for a new lifetime, then end the old hold. */
export interface ExtendRequest extends Bounds {
  readonly operation: 'extend';
  readonly leaseId: LeaseId;
  /** From now on, in milliseconds. */
  readonly lifetimeMs: number;
  readonly reason: string | null;
  readonly allowPrivileged: boolean;
  /** As in `Guards`. */
  readonly approvers?: readonly Approver[];
}

/** Show leases. A part without lines is not narrowed. */
export interface ListRequest extends Lines {
  readonly operation: 'list';
}

/** End what is due, and what belongs to ended jobs. A part without lines is not narrowed. */
export interface SweepRequest extends Lines, Bounds {
  readonly operation: 'sweep';
  readonly dryRun: boolean;
}

export type LeaseRequest = ReleaseRequest | ExtendRequest | ListRequest | SweepRequest;

export function isChanging(operation: unknown): operation is ChangingOperation {
  return changingOperations.some((name) => name === operation);
}
