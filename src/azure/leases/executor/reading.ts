import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import { failedBy } from '#access/leases/protocol/executor';
import { readUntilWanted } from '#access/engine/rereading';
import { assignmentActions } from '../../assignments/assignment-writes.ts';
import type { LastRead } from '../../assignments/role-assignments.ts';
import { visibleWithinMs } from '../../assignments/assignment-lists.ts';
import { lastSegment, isSameScope } from '../../resolve/ids.ts';
import type { AssignmentProperties } from '../../settings.ts';
import type { ExecutorTools } from './executor-tools.ts';
import type { EndedAmong } from './ended-jobs.ts';
import { recordIn, type Described } from '../records/record-text.ts';
import { isFound, shows, type Answer, type Ask } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';
import type { WriteTurn } from './write-turn.ts';
import { twoOfOne } from '../../messages/leases.ts';

/** Reads the role assignment of one grant. */
export interface Reader {
  /** `null` where the time limit passed before its turn came. */
  get(ask: Extract<Ask, { readonly do: 'get' }>): Promise<Answer | null>;
  /**
   * Answer of an earlier list; `null` where it has to be read again: it is too old when the change based on it has its
   * turn, or it shows two assignments of the grant.
   */
  recall(read: LastRead): Promise<Answer | null>;
  /** Result of the last read, `null` where nothing existed. */
  readonly seen: () => { readonly row: RoleAssignment; readonly described: Described } | null;
}

export interface ReaderTools extends ExecutorTools {
  /** Role assignments of exactly this principal and role, at, above and below the scope. */
  readonly list: (grant: Assignment, budget: Budget) => Promise<readonly RoleAssignment[]>;
  /** Requested properties; `null` for a step that only ends or extends leases, which accepts any. */
  readonly asked: AssignmentProperties | null;
  /** Asks whose jobs have ended, for reads that need it. */
  readonly ended: EndedAmong;
}

/** The longest wait before a further read, in milliseconds. */
const longestWaitMs = 4_000;

/** Several listed role assignments of the same grant. Azure allows only one. */
interface TwoOfOne {
  readonly is: 'two';
  readonly rows: readonly RoleAssignment[];
  readonly asOf: number;
}

/** The time limit passed before its turn came. */
interface OutOfTime {
  readonly is: 'out-of-time';
}

/** @param turn of the write that is based on a read */
export function createReader(tools: ReaderTools, turn: WriteTurn): Reader {
  const { applying, grant, signal, limit, date, onTrouble, list, asked } = tools;
  const { clock } = applying;
  let seen: ReturnType<Reader['seen']> = null;
  const rereading = { visibleWithinMs, longestWaitMs, isOver: limit.isOver } as const;

  const judge = ({ rows, at: asOf }: LastRead): Answer | TwoOfOne => {
    const own = rows.filter(({ scope }) => isSameScope(scope ?? '', grant.target.id));
    const [row, another] = own;
    if (another !== undefined) return { is: 'two', rows: own, asOf };
    if (row === undefined) {
      seen = null;
      return { is: 'none', asOf };
    }
    const described = recordIn(row, date());
    seen = { row, described };
    if (described.is !== 'record') return { is: 'plain', asOf };
    return { is: 'lease', name: nameOf(row), entries: described.entries, ended: [], fits: fits(row), asOf };
  };
  const look = async (jobs: boolean, budget: Budget): Promise<Answer | OutOfTime> => {
    const read = async (within: Budget): Promise<Answer | TwoOfOne | OutOfTime> => {
      const [own] = (await tools.takeTurns([assignmentActions.read])) ?? [];
      if (own === undefined) return { is: 'out-of-time' };
      const at = clock.mono();
      const until = Math.min(limit.latest, clock.now() + visibleWithinMs);
      try {
        return judge({ rows: await list(grant, { until, signal: within.signal, turn: own }), at });
      } finally {
        own.release();
      }
    };
    const isWanted = ({ is }: Answer | TwoOfOne | OutOfTime): boolean => is !== 'two';
    // Azure refuses a second assignment of a grant (docs/design/leases.md#azure-refuses-a-second-assignment), but a deleted
    // one is listed beside its successor for a while.
    const answer = await readUntilWanted({ ...rereading, read, isWanted, expected: 'gone' }, budget, applying);
    if (answer.is === 'two') throw twoOfOne(answer.rows.map(({ id }) => id ?? ''));
    return jobs && answer.is === 'lease' ? { ...answer, ended: await tools.ended(answer.entries, budget) } : answer;
  };
  const fits = ({ condition, delegatedManagedIdentityResourceId: delegated }: RoleAssignment): boolean =>
    asked === null ||
    ((condition ?? '') === (asked.condition ?? '') &&
      isSameScope(delegated ?? '', asked.delegatedManagedIdentityResourceId ?? ''));

  return {
    async get({ expected, jobs, before }) {
      const read = (budget: Budget): Promise<Answer | OutOfTime> => look(jobs, budget);
      const isWanted = (answer: Answer | OutOfTime): boolean =>
        answer.is === 'out-of-time' || !isFound(answer) || shows(answer, expected);
      if (before === null) turn.drop();
      else if (!(await turn.wait(before))) return null;
      try {
        const wanted = { ...rereading, read, isWanted, expected: expected === 'gone' ? 'gone' : 'there' } as const;
        const until = Math.min(limit.latest, Math.max(limit.until(), clock.now() + visibleWithinMs));
        const answer = await readUntilWanted(wanted, { until, signal }, applying);
        if (answer.is === 'out-of-time') return null;
        return answer;
      } catch (error) {
        return failedBy(error, onTrouble);
      }
    },
    async recall(read) {
      if (!(await turn.wait('put')) || clock.mono() >= read.at + constants.fresh) return null;
      const answer = judge(read);
      return answer.is === 'two' ? null : answer;
    },
    seen: () => seen,
  };
}

export function nameOf({ name, id }: RoleAssignment): string {
  return name ?? lastSegment(id ?? '');
}
