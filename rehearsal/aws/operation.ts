import type { Refusal } from './refusal.ts';
import type { PrincipalType } from './state.ts';

export type OperationKind = 'create' | 'delete' | 'provision';

/** What an operation is about. */
export interface Subject {
  readonly kind: OperationKind;
  readonly instanceArn: string;
  readonly permissionSetArn: string;
  /** Absent: all accounts that the permission set is provisioned to. */
  readonly accountId?: string;
  readonly principalType?: PrincipalType;
  readonly principalId?: string;
}

/** What scripts and durations know of one that begins. */
export type OperationPlace = Pick<Subject, 'kind' | 'accountId'>;

/** What somebody asks to start. */
export interface StartRequest extends Subject {
  /** Why it is bound to fail, if the caller's permissions say so. */
  readonly failure?: string;
  /** What the start is refused with, unless a script says how the operation goes. */
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
  /** Whether it has changed anything. */
  readonly changed: boolean;
}

/** How an operation goes. */
export interface OperationOutcome {
  readonly durationMs?: number;
  readonly status?: 'SUCCEEDED' | 'FAILED';
  readonly failureReason?: string;
  /** Terminal already in the start call's answer. */
  readonly immediate?: boolean;
  /** Whether the change takes place; default: when it succeeds. */
  readonly effect?: boolean;
  /** Of a provisioning of all accounts: those that fail. */
  readonly partial?: readonly string[];
}
