import type { Assignment, Words } from '#access/grant';
import type { LeaseTools } from '#access/leases/port';
import type { NamedHolder } from '#access/leases/words';
import type { AzureSession } from '../../session.ts';
import type { PimExecutor } from './executor/executor.ts';
import type { Constants } from './steps/constants.ts';
import type { OtherHolder } from './steps/seen.ts';

/** What one step is about to do with one grant, and its requests say. */
export type Intent = Taking | Ending;

interface Taking {
  readonly kind: 'take';
  readonly holder: string;
  /** The end that is asked for, in milliseconds since the epoch. */
  readonly end: number;
  readonly keepAfterJob: boolean;
  /** A holder that gives way to this one. */
  readonly replaces: string | null;
  /** Milliseconds. */
  readonly lifetimeMs: number;
  /** Whether what is there has to have the condition that the inputs ask for. */
  readonly isAsked: boolean;
}

interface Ending {
  readonly kind: 'end';
  readonly holder: string;
  /** The end that was asked for, in milliseconds since the epoch; `null` where only an own request says what it was. */
  readonly end: number | null;
}

/** What all leases of one step share. */
export interface PimContext {
  readonly session: AzureSession;
  readonly words: Words;
  readonly constants: Constants;
  /** The name of this step run as a holder. */
  readonly holder: string;
  /** Milliseconds since the epoch by Azure's clock. */
  readonly date: () => number;
  openExecutor(grant: Assignment, intent: Intent, tools: LeaseTools): PimExecutor;
  leaseId(grant: Assignment, holder: string, keepAfterJob: boolean): string;
  nameHolders(others: readonly OtherHolder[]): readonly NamedHolder[];
}

/** Of the newest request of ours, whether or not it was answered. */
export function requestIdOf({ store }: PimExecutor): string | null {
  return store.lost()?.name ?? store.operation()?.requestId ?? null;
}

/** The role assignment that the access is, as it was seen last. */
export function seenBy({ store }: PimExecutor): { readonly assignmentId: string; readonly principalType: null } | null {
  const assignmentId = store.assignmentId();
  return assignmentId === null ? null : { assignmentId, principalType: null };
}
