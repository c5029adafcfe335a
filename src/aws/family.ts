import type { Budget } from '../access/clock.ts';
import type { Change, Operation, Search } from '../access/cloud.ts';
import { CloudError } from '../access/errors.ts';
import { explainFailureReason } from './hints.ts';
import type { AwsSession } from './session.ts';

/** What start and describe calls answer; the services' types call every member optional. */
export interface OperationStatus {
  readonly Status?: string | undefined;
  readonly RequestId?: string | undefined;
  readonly FailureReason?: string | undefined;
}

/** What the list calls answer: the grant itself takes a describe call per id. */
export interface OperationEntry {
  readonly RequestId?: string | undefined;
  readonly CreatedDate?: Date | undefined;
}

export type OperationState = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';

/**
 * One of the three asynchronous families of Identity Center, which share a state machine: creations, deletions,
 * provisionings. Source: aws-identity-center §2.
 */
export interface Family {
  /** The start call, as the log names it. */
  readonly call: string;
  /** Exactly one request. */
  start(change: Change, budget: Budget): Promise<OperationStatus>;
  describe(requestId: string, budget: Budget): Promise<DescribedOperation>;
  list(state: OperationState, budget: Budget): Promise<readonly OperationEntry[]>;
}

export interface DescribedOperation {
  readonly status: OperationStatus;
  /** What the operation is about, comparable with `keyOf`. */
  readonly key: string;
}

/** One text per grant, for comparing what an operation is about with what is wanted. */
export function assignmentKey(
  accountId: string | undefined,
  permissionSetArn: string | undefined,
  principalType: string | undefined,
  principalId: string | undefined,
): string {
  // A GUID is the same in any letter case.
  return [accountId, permissionSetArn, principalType, principalId?.toLowerCase()].join(' ');
}

/** Provisioning everywhere carries no account id. */
export function provisioningKey(accountId: string | undefined, permissionSetArn: string | undefined): string {
  return [accountId ?? '', permissionSetArn].join(' ');
}

/** An answer about an operation in the domain's words. */
export function toOperation(change: Change, family: Family, status: OperationStatus, known?: string): Operation {
  const requestId = status.RequestId ?? known;
  if (requestId === undefined) throw withoutRequestId(family.call);
  const base = { change, requestId, call: family.call, assignmentId: null };
  if (status.Status === 'FAILED') {
    const reason = status.FailureReason ?? 'AWS gave no reason';
    return { ...base, state: 'FAILED', reason, ...explainFailureReason(reason) };
  }
  // Whatever is neither end, a missing or unknown status included, is not known to have ended.
  return { ...base, state: status.Status === 'SUCCEEDED' ? 'SUCCEEDED' : 'IN_PROGRESS' };
}

function withoutRequestId(call: string): CloudError {
  return new CloudError({
    kind: 'unavailable',
    operation: `sso:${call}`,
    code: 'NoRequestId',
    message: 'the answer names no request id',
    requestId: null,
    retryAfterMs: null,
    hint: null,
  });
}

/**
 * Finds operations by what they are about. Lists carry only ids, so each id is described, once in a run: what an
 * operation is about never changes.
 */
export function createFinder(session: AwsSession, keyOf: (change: Change) => string): Finder {
  const keys = new Map<string, string>();

  const keyOfEntry = async (family: Family, id: string, budget: Budget): Promise<string> => {
    const known = keys.get(id);
    if (known !== undefined) return known;
    try {
      const { key } = await family.describe(id, budget);
      keys.set(id, key);
      return key;
    } catch (error) {
      // Listed and not yet known by id: somebody's operation that has just begun. It is not ours to fail by.
      if (error instanceof CloudError && error.failure.kind === 'not-found') return '';
      throw error;
    }
  };

  const idsIn = async (
    family: Family,
    state: OperationState,
    begunAt: number | null,
    except: ReadonlySet<string>,
    budget: Budget,
  ): Promise<readonly string[]> => {
    const entries = await family.list(state, budget);
    return [...entries]
      .filter(({ CreatedDate }) => begunAt === null || (CreatedDate?.getTime() ?? 0) >= begunAt)
      .sort((a, b) => (b.CreatedDate?.getTime() ?? 0) - (a.CreatedDate?.getTime() ?? 0))
      .flatMap(({ RequestId }) => RequestId ?? [])
      .filter((id) => !except.has(id));
  };

  return async (family, changes, { since, except }, budget) => {
    // AWS's dates have whole seconds in places: two seconds of tolerance lose nothing.
    const begunAt = since === null ? null : session.wire.serverTime(since) - 2_000;
    const found = new Map<string, string>();
    const gather = async (state: OperationState, from: number | null): Promise<void> => {
      const ids = await idsIn(family, state, from, except, budget);
      const described = await Promise.all(ids.map(async (id) => ({ id, key: await keyOfEntry(family, id, budget) })));
      for (const { id, key } of described) if (!found.has(key)) found.set(key, id);
    };
    await gather('IN_PROGRESS', null);
    if (begunAt !== null && changes.some((change) => !found.has(keyOf(change)))) {
      await gather('SUCCEEDED', begunAt);
      await gather('FAILED', begunAt);
    }
    return Promise.all(
      changes.map(async (change) => {
        const id = found.get(keyOf(change));
        if (id === undefined) return null;
        return toOperation(change, family, (await family.describe(id, budget)).status, id);
      }),
    );
  };
}

export type Finder = (
  family: Family,
  changes: readonly Change[],
  search: Search,
  budget: Budget,
) => Promise<readonly (Operation | null)[]>;
