import { dispensable, type Budget } from '#access/clock';
import type { Change, Operation, Search } from '#access/cloud';
import { CloudError, instead } from '#access/errors';
import { explainFailureReason } from './failure-reasons.ts';
import { noReason, noRequestId } from './messages/requests.ts';
import type { Pager } from './pages.ts';
import type { AwsSession } from './session.ts';

/** The answer of start and describe calls; every member is optional in the services' types. */
interface OperationStatus {
  readonly Status?: string | undefined;
  readonly RequestId?: string | undefined;
  readonly FailureReason?: string | undefined;
}

/** An item of the list calls: the grant itself needs a describe call for each ID. */
export interface OperationEntry {
  readonly Status?: string | undefined;
  readonly RequestId?: string | undefined;
  readonly CreatedDate?: Date | undefined;
}

export type OperationState = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';

/**
 * One of the three asynchronous families of Identity Center, which share a state machine: creations, deletions,
 * provisionings. Source: docs/design/aws.md#operations-and-their-statuses.
 */
export interface Family {
  /** The start call, as the log names it. */
  readonly call: string;
  /** The account that owns the instance, where it is known: some failures have another meaning there. */
  readonly owner?: string | null;
  /** Exactly one request. */
  start(change: Change, budget: Budget): Promise<OperationStatus>;
  describe(requestId: string, budget: Budget): Promise<DescribedOperation>;
  /** Operations in a state. AWS documents no order. */
  list(state: OperationState): Pager<OperationEntry>;
}

export interface DescribedOperation {
  readonly status: OperationStatus;
  /** The key of the operation's grant, comparable with `keyOf`. */
  readonly key: string;
}

/** One text per grant, which compares the grant of an operation with the wanted one. */
export function assignmentKey(
  accountId: string | undefined,
  permissionSetArn: string | undefined,
  principalType: string | undefined,
  principalId: string | undefined,
): string {
  // A GUID is the same in any letter case.
  return [accountId, permissionSetArn, principalType, principalId?.toLowerCase()].join(' ');
}

/** The key of a provisioning; one to all accounts has no account ID. */
export function provisioningKey(accountId: string | undefined, permissionSetArn: string | undefined): string {
  return [accountId ?? '', permissionSetArn].join(' ');
}

/** An answer about an operation, in the domain's words. */
export function toOperation(change: Change, family: Family, status: OperationStatus, known?: string): Operation {
  const requestId = status.RequestId ?? known;
  if (requestId === undefined) throw withoutRequestId(family.call);
  const base = { change, requestId, call: family.call, assignmentId: null };
  if (status.Status === 'FAILED') {
    const reason = status.FailureReason ?? noReason;
    return {
      ...base,
      state: 'FAILED',
      reason,
      ...explainFailureReason(reason, change.grant.target.id === family.owner),
    };
  }
  // Any other status, even a missing or unknown one, does not show that the operation has ended.
  return { ...base, state: status.Status === 'SUCCEEDED' ? 'SUCCEEDED' : 'IN_PROGRESS' };
}

function withoutRequestId(call: string): CloudError {
  return new CloudError({
    kind: 'unavailable',
    operation: `sso:${call}`,
    code: 'NoRequestId',
    message: noRequestId,
    requestId: null,
    retryAfterMs: null,
    hint: null,
  });
}

/** Most pages of ended operations that are searched for a lost start. */
const mostEndedPages = 10;

interface Listed {
  readonly id: string;
  /** Milliseconds since the epoch, by AWS's clock. */
  readonly at: number;
}

/**
 * Finds operations by their grants. Lists have only IDs, so each ID is described, once in a run: the grant of an operation
 * never changes.
 */
export function createFinder(session: AwsSession, keyOf: (change: Change) => string): Finder {
  const keys = new Map<string, Promise<string>>();
  const early = new Map<string, readonly Listed[]>();

  const keyOfEntry = async (family: Family, id: string, budget: Budget): Promise<string> => {
    const known = keys.get(id) ?? family.describe(id, budget).then(({ key }) => key);
    keys.set(id, known);
    try {
      return await known;
    } catch (error) {
      keys.delete(id);
      // Listed and not yet known by ID: an operation of another caller that has just begun. This step must not fail by
      // it.
      return instead('not-found', '')(error);
    }
  };

  /** The operations in a state that began at or after a time, the newest first. */
  const listed = async (
    family: Family,
    state: OperationState,
    begunAt: number | null,
    budget: Budget,
  ): Promise<readonly Listed[]> => {
    const list = family.list(state);
    // AWS documents neither how long ended operations are listed nor their order: a read-back shows what these pages do
    // not.
    while (!list.isDone() && (state === 'IN_PROGRESS' || list.pagesRead() < mostEndedPages)) await list.next(budget);
    return list.items
      .flatMap(({ RequestId, CreatedDate }) =>
        RequestId === undefined ? [] : [{ id: RequestId, at: CreatedDate?.getTime() ?? 0 }],
      )
      .filter(({ at }) => begunAt === null || at >= begunAt)
      .sort((a, b) => b.at - a.at);
  };

  const find: Finder['find'] = async (family, searches, budget) => {
    // AWS's dates have whole seconds in places: two seconds of tolerance lose nothing.
    const begunAt = ({ since }: Search): number => (since === null ? Infinity : session.wire.serverTime(since) - 2_000);
    const found = new Map<Search, string>();
    const missing = (): readonly Search[] => searches.filter((search) => !found.has(search));
    const gather = async (state: OperationState, from: number | null): Promise<void> => {
      // Excluded operations need not be described.
      const now = await listed(family, state, from, budget);
      const before = state === 'IN_PROGRESS' ? (early.get(family.call) ?? []) : [];
      // A later search lists the operations that are in progress by then.
      if (state === 'IN_PROGRESS') early.delete(family.call);
      const all = [...now, ...before.filter(({ id }) => now.every((it) => it.id !== id))];
      const entries = all.filter(({ id }) => searches.some(({ except }) => !except.has(id)));
      if (entries.length === 0) return;
      const wanted = Map.groupBy(missing(), ({ change }) => keyOf(change));
      const described = await Promise.all(
        entries.map(async (entry) => ({ ...entry, key: await keyOfEntry(family, entry.id, budget) })),
      );
      for (const { id, at, key } of described) {
        for (const search of wanted.get(key) ?? []) {
          if (found.has(search) || search.except.has(id)) continue;
          if (state === 'IN_PROGRESS' || at >= begunAt(search)) found.set(search, id);
        }
      }
    };
    await gather('IN_PROGRESS', null);
    for (const state of ['SUCCEEDED', 'FAILED'] as const) {
      const from = missing().reduce((earliest, search) => Math.min(earliest, begunAt(search)), Infinity);
      if (from < Infinity) await gather(state, from);
    }
    return Promise.all(
      searches.map(async (search) => {
        const id = found.get(search);
        if (id === undefined) return null;
        return toOperation(search.change, family, (await family.describe(id, budget)).status, id);
      }),
    );
  };
  return {
    find,
    async lookEarly(family, budget) {
      // A list that is denied or fails here is reported by the later search.
      const entries = await listed(family, 'IN_PROGRESS', null, dispensable(budget)).catch(noneWhereUnreadable);
      early.set(family.call, entries);
    },
    note: ({ requestId, change }) => {
      keys.set(requestId, Promise.resolve(keyOf(change)));
    },
  };
}

interface Finder {
  find(family: Family, searches: readonly Search[], budget: Budget): Promise<readonly (Operation | null)[]>;
  /** Notes the operations in progress before anything else is read, so that those that end meanwhile are still found. */
  lookEarly(family: Family, budget: Budget): Promise<void>;
  /** Notes the grant of this step's own operation, which saves a request. */
  note(operation: Operation): void;
}

const noneWhereUnreadable = instead(['denied', 'unavailable', 'other'], [] as readonly Listed[]);
