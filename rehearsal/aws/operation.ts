import type { Refusal } from './refusal.ts';
import type { PrincipalType } from './state.ts';

export type OperationKind = 'create' | 'delete' | 'provision';

/** Subject of an operation. */
export interface Subject {
  readonly kind: OperationKind;
  readonly instanceArn: string;
  readonly permissionSetArn: string;
  /** Absent: all accounts that the permission set is provisioned to. */
  readonly accountId?: string;
  readonly principalType?: PrincipalType;
  readonly principalId?: string;
}

/** Properties of a beginning operation for scripts and durations. */
export type OperationPlace = Pick<Subject, 'kind' | 'accountId'>;

/** A request to start an operation. */
export interface StartRequest extends Subject {
  /** Reason why it must fail, if the caller's permissions have one. */
  readonly failure?: string;
  /** Refusal of the start, unless a script sets the course of the operation. */
  readonly refusal?: Refusal;
}

/** An asynchronous operation; three families share this state machine [model: StatusValues]. */
export interface Operation extends Subject {
  readonly requestId: string;
  readonly createdAt: number;
  readonly finishAt: number;
  /** The accounts it works on. */
  readonly accounts: readonly string[];
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  readonly failureReason?: string;
  /** True if it has changed anything. */
  readonly changed: boolean;
}

/** Course of an operation. */
export interface OperationOutcome {
  readonly durationMs?: number;
  readonly status?: 'SUCCEEDED' | 'FAILED';
  readonly failureReason?: string;
  /** Terminal already in the start call's answer. */
  readonly immediate?: boolean;
  /** True if the change takes place; default: when it succeeds. */
  readonly effect?: boolean;
  /** Of a provisioning of all accounts: those that fail. */
  readonly partial?: readonly string[];
}
