import type { Budget } from '#access/clock';
import type { Operation } from '#access/cloud';
import { CloudError, instead, orCloudError } from '#access/errors';
import { toOperation, type Family } from './family.ts';
import { readAll } from './pages.ts';

/**
 * Reads the states of operations, of many with few requests. Source: docs/design/aws.md#operations-and-their-statuses.
 */
interface Standings {
  running(operations: readonly Operation[], budget: Budget): Promise<ReadonlySet<string> | null>;
  ask(operations: readonly Operation[], budget: Budget): Promise<readonly (Operation | CloudError)[]>;
}

/** Most operations of one family that are described one by one: a list of finished ones would not need fewer requests. */
const few = 3;

export function createStandings(familyOf: (operation: Operation) => Family): Standings {
  /**
   * Families whose list of finished operations needed more requests than it answered: it grows with the operations of
   * others.
   */
  const tooLong = new Set<string>();

  const byFamily = (operations: readonly Operation[]): readonly (readonly [Family, readonly Operation[]])[] => {
    const groups = new Map<string, [Family, Operation[]]>();
    for (const operation of operations) {
      const family = familyOf(operation);
      const group = groups.get(family.call) ?? [family, []];
      group[1].push(operation);
      groups.set(family.call, group);
    }
    return [...groups.values()];
  };

  /** The IDs that a list of finished operations has, as far as it is worth reading. */
  const finished = async (family: Family, ids: ReadonlySet<string>, budget: Budget): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    if (ids.size <= few || tooLong.has(family.call)) return found;
    const list = family.list('SUCCEEDED');
    try {
      // AWS documents neither their order nor how long they are listed: no more pages than there are operations to
      // describe.
      for (let seen = 0; !list.isDone() && list.pagesRead() < ids.size - found.size;) {
        await list.next(budget);
        for (const { RequestId, Status } of list.items.slice(seen)) {
          if (RequestId !== undefined && Status === 'SUCCEEDED' && ids.has(RequestId)) found.add(RequestId);
        }
        seen = list.items.length;
      }
    } catch (error) {
      // Operations that the list does not show are described one by one.
      if (!(error instanceof CloudError)) throw error;
      tooLong.add(family.call);
    }
    if (found.size < list.pagesRead()) tooLong.add(family.call);
    return found;
  };

  const askFamily = async (
    family: Family,
    operations: readonly Operation[],
    budget: Budget,
  ): Promise<ReadonlyMap<Operation, Operation | CloudError>> => {
    const done = await finished(family, new Set(operations.map(({ requestId }) => requestId)), budget);
    const answers = await Promise.all(
      operations.map(async (operation) => {
        const { change, requestId } = operation;
        const answer = done.has(requestId)
          ? toOperation(change, family, { Status: 'SUCCEEDED' }, requestId)
          : await describe(family, operation, budget);
        return [operation, answer] as const;
      }),
    );
    return new Map(answers);
  };

  return {
    async running(operations, budget) {
      try {
        const lists = byFamily(operations).map(([family]) => readAll(family.list('IN_PROGRESS'), budget));
        const entries = (await Promise.all(lists)).flat();
        // An ended operation is not in progress, whatever the filter was.
        const going = entries.filter(({ Status }) => Status === undefined || Status === 'IN_PROGRESS');
        return new Set(going.flatMap(({ RequestId }) => RequestId ?? []));
      } catch (error) {
        return instead(['denied', 'other'], null)(error);
      }
    },
    async ask(operations, budget) {
      const families = byFamily(operations).map(([family, those]) => askFamily(family, those, budget));
      const answers = new Map((await Promise.all(families)).flatMap((answered) => [...answered]));
      return operations.map((operation) => answers.get(operation) ?? operation);
    },
  };
}

/** An error of the cloud is an answer about this one operation. */
async function describe(family: Family, operation: Operation, budget: Budget): Promise<Operation | CloudError> {
  const { change, requestId } = operation;
  try {
    return toOperation(change, family, (await family.describe(requestId, budget)).status, requestId);
  } catch (error) {
    return orCloudError(error);
  }
}
