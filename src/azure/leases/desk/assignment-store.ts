import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '../../../access/clock.ts';
import type { Operation } from '../../../access/cloud.ts';
import { CloudError, Refusal } from '../../../access/errors.ts';
import type { Assignment } from '../../../access/grant.ts';
import { goneMeanwhile } from '../../../access/leases/gone.ts';
import type { Deadline } from '../../../access/leases/protocol/protocol.ts';
import { roomUntil, sendingWithin } from '../../../access/leases/protocol/sending.ts';
import { failedBy } from '../../../access/leases/protocol/trouble.ts';
import { readUntilWanted } from '../../../access/engine/rereading.ts';
import { createRetries, isUncertain } from '../../../access/engine/retry.ts';
import { seconds } from '../../../access/words.ts';
import { assignmentActions, type AssignmentWrites } from '../../assignments/assignment-writes.ts';
import type { AssignmentProperties } from '../../declaration.ts';
import type { LastRead } from '../../assignments/role-assignments.ts';
import { visibleWithinMs } from '../../read-lag.ts';
import { lastSegment } from '../../resolve/patterns.ts';
import { bodyFor, compare } from '../../assignments/properties.ts';
import { idAt, isSameScope } from '../../resolve/scopes.ts';
import type { DeskTools } from './desk-tools.ts';
import type { EndedAmong } from './ended-jobs.ts';
import { createLateness } from './lateness.ts';
import { recordIn } from '../records/record-in.ts';
import { longestDescription, writeRecord, type Described } from '../records/record-text.ts';
import { isFound, shows, type Answer, type Ask } from '../steps/asks.ts';
import { constants } from '../steps/constants.ts';
import type { Entry } from '../steps/entries.ts';
import { createWriteTurn } from './write-turn.ts';

/** The role assignment of one grant, with the record in its description. */
export interface AssignmentStore {
  /** `null` where the time limit passed before its turn came. */
  get(ask: Extract<Ask, { readonly do: 'get' }>): Promise<Answer | null>;
  /**
   * What a list that was read before says; `null` where it is too old by the time that what rests on it has its turn, or
   * shows more than there can be, and has to be read again.
   */
  recall(read: LastRead): Promise<Answer | null>;
  create(ask: Extract<Ask, { readonly do: 'create' }>): Promise<Answer>;
  write(ask: Extract<Ask, { readonly do: 'write' }>): Promise<Answer>;
  delete(ask: Extract<Ask, { readonly do: 'delete' }>): Promise<Answer>;
  /** Nothing more will be written. */
  close(): void;
  /** The newest change of ours. */
  readonly operation: () => Operation | null;
  /** The newest request that changes something was sent, and its answer was lost. */
  readonly isLost: () => boolean;
  /** What the last read showed, `null` where nothing was there. */
  readonly seen: () => { readonly row: RoleAssignment; readonly described: Described } | null;
}

export interface AssignmentTools extends DeskTools {
  /** Milliseconds since the epoch by Azure's clock. */
  readonly date: () => number;
  /** Of exactly this principal and role, at, above and below the scope. */
  readonly list: (grant: Assignment, budget: Budget) => Promise<readonly RoleAssignment[]>;
  readonly writes: AssignmentWrites;
  /** What the step asks for; `null` for one that only ends leases, or goes on with one: then what is there fits. */
  readonly asked: AssignmentProperties | null;
  /** The text of a new assignment's description. */
  readonly text: string;
  readonly freshName: () => string;
  readonly holderInWords: (holder: string) => string;
  /** Whose jobs have ended, asked by reads that want it. */
  readonly ended: EndedAmong;
  /** The same refusal, with what an id is that Azure does not know. */
  readonly explain: (error: CloudError, grant: Assignment, budget: Budget) => Promise<CloudError>;
}

/** The longest wait before a further read, in milliseconds. */
const longestWaitMs = 4_000;

/** More role assignments of this very grant than Azure allows, as a list shows them. */
interface TwoOfOne {
  readonly is: 'two';
  readonly rows: readonly RoleAssignment[];
  readonly asOf: number;
}

/** Its turn does not come before the time limit. */
interface OutOfTime {
  readonly is: 'out-of-time';
}

/** What nobody has asked for. */
const unasked: AssignmentProperties = {
  name: null,
  condition: null,
  description: null,
  delegatedManagedIdentityResourceId: null,
};

export function createAssignmentStore(tools: AssignmentTools): AssignmentStore {
  const { applying, grant, signal, limit, date, onTrouble, list, writes, asked, text, freshName } = tools;
  const { clock, log, random } = applying;
  let seen: ReturnType<AssignmentStore['seen']> = null;
  let operation: Operation | null = null;
  // What the last trouble was that was told, if it may turn out to be none.
  let told: 'conflict' | 'lost' | null = null;
  const retries = createRetries(random);
  const rereading = { visibleWithinMs, longestWaitMs, isOver: limit.isOver } as const;
  const turn = createWriteTurn(tools.takeTurns);
  const lateness = createLateness({
    clock,
    random,
    limit,
    date,
    onTrouble,
    inWords: slowReads,
    fresh: constants.fresh,
  });

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
        own.giveBack();
      }
    };
    const isWanted = ({ is }: Answer | TwoOfOne | OutOfTime): boolean => is !== 'two';
    // One that was deleted is listed beside its successor for a while.
    const answer = await readUntilWanted({ ...rereading, read, isWanted, expected: 'gone' }, budget, applying);
    if (answer.is === 'two') throw twoOfOne(answer.rows);
    return jobs && answer.is === 'lease' ? { ...answer, ended: await tools.ended(answer.entries, budget) } : answer;
  };
  const fits = ({ condition, delegatedManagedIdentityResourceId: delegated }: RoleAssignment): boolean =>
    asked === null ||
    ((condition ?? '') === (asked.condition ?? '') &&
      isSameScope(delegated ?? '', asked.delegatedManagedIdentityResourceId ?? ''));

  const description = (before: string, entries: readonly Entry[] | null, name: string): string => {
    if (entries === null) return before;
    const place = { scope: grant.target.id, role: lastSegment(grant.role.id), principal: grant.principal.id, name };
    const written = writeRecord(before, entries, place);
    if (written.length > longestDescription) throw tooManyHolders(entries.length);
    return written;
  };
  /** It has turned out to be none: what Azure refused to make a second time was seen, or a write was answered. */
  const agree = (): void => {
    if (told !== null) onTrouble(null);
    told = null;
  };
  const put = async (
    name: string,
    before: RoleAssignment | null,
    properties: AssignmentProperties,
    budget: Budget,
  ): Promise<Answer> => {
    const body = bodyFor(grant, properties, before);
    const { body: made, requestId } = await writes.put(grant, name, body, budget);
    begun('create', assignmentActions.write, requestId, made.id ?? idAt(grant.target.id, 'roleAssignments', name));
    return { is: 'done' };
  };
  const begun = (kind: 'create' | 'remove', call: string, requestId: string, assignmentId: string): void => {
    const change = { kind, grant, seen: null } as const;
    operation = { state: 'SUCCEEDED', change, requestId, call, assignmentId };
    applying.onStarted(operation);
    log.info(`${call} was carried out: request id ${requestId}.`);
  };

  /** One try while the read that it rests on is fresh; what passes is tried again after another read. */
  const send = async (what: string, notAfter: Deadline, work: (budget: Budget) => Promise<Answer>): Promise<Answer> => {
    const room = roomUntil(notAfter, clock, date());
    if (room <= 0) {
      turn.drop();
      return lateness.again(notAfter);
    }
    const budget = { ...sendingWithin(room, clock, signal), ...turn.given() };
    try {
      const answer = await work(budget);
      retries.forget(what);
      agree();
      lateness.forget();
      return answer;
    } catch (error) {
      return error instanceof CloudError ? await refused(what, error, budget) : failedBy(error, onTrouble);
    } finally {
      turn.drop();
    }
  };
  const refused = async (what: string, error: CloudError, budget: Budget): Promise<Answer> => {
    const { failure } = error;
    if (isConflict(error)) {
      // Where somebody else was quicker the next read shows it; where none ever does, this is why it came to nothing.
      onTrouble(error);
      told = 'conflict';
      log.info(`${error.message}. Reading again.`);
      return { is: 'taken' };
    }
    told = null;
    if (isUncertain(failure)) {
      log.info(`${error.message}. It may have been carried out nevertheless.`);
      // Where no read ever shows that it was, this is why.
      onTrouble(error);
      told = 'lost';
      return { is: 'lost' };
    }
    const explained = await tools.explain(error, grant, budget);
    if (explained.failure.kind === 'invalid') return failedBy(explained, onTrouble);
    const delay = retries.delayAfter(failure, what);
    if (delay === null) return failedBy(error, onTrouble);
    onTrouble(error);
    log.info(`${error.message}. Trying again${delay === 0 ? '' : ` in ${seconds(delay)}`}.`);
    turn.drop();
    await limit.sleepUntil(clock.mono() + delay);
    return { is: 'late' };
  };

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
        if (answer.is !== 'none' && told === 'conflict') agree();
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
    create: ({ entries, notAfter }) =>
      send('create', notAfter, (budget) => {
        // What is to be made anew has properties that somebody asked for, or it might give more than was leased.
        if (asked === null) throw goneMeanwhile();
        const name = freshName();
        return put(name, null, { ...asked, description: description(text, entries, name) }, budget);
      }),
    write: ({ name, entries, notAfter }) =>
      send('write', notAfter, (budget) => {
        if (seen?.described.is !== 'record' || nameOf(seen.row) !== name)
          throw new TypeError('a write rests on a read');
        const { row, described } = seen;
        if (entries !== null)
          return put(name, row, { ...unasked, description: description(described.text, entries, name) }, budget);
        // What becomes permanent is as it was asked for.
        const properties = { ...(asked ?? unasked), description: asked?.description ?? described.text };
        const observed = compare({ ...row, description: described.text }, properties);
        if (observed.standing === 'conflicting') throw new Refusal(observed.reason, observed.hint);
        return put(name, row, properties, budget);
      }),
    delete: ({ name, notAfter }) =>
      send('delete', notAfter, async (budget) => {
        const { body, requestId } = await writes.remove(grant, name, budget);
        if (body === null) return { is: 'deleted', entries: null };
        begun('remove', assignmentActions.delete, requestId, body.id ?? '');
        const described = recordIn(body, date());
        const entries = described.is === 'record' ? described.entries : [];
        const known = seen?.described.is === 'record' ? seen.described.entries : [];
        const unseen = entries.filter(({ holder }) => !known.some((it) => it.holder === holder));
        if (unseen.length > 0) log.warning(overtaken(unseen, known, tools.holderInWords));
        return { is: 'deleted', entries };
      }),
    close: turn.drop,
    operation: () => operation,
    isLost: () => told === 'lost',
    seen: () => seen,
  };
}

/** There is one of this very grant under another name, or the name belongs to something else. */
export function isConflict({ failure }: CloudError): boolean {
  return failure.kind === 'exists' || failure.code === 'RoleAssignmentUpdateNotPermitted';
}

function nameOf({ name, id }: RoleAssignment): string {
  return name ?? lastSegment(id ?? '');
}

function slowReads(tookMs: number): Refusal {
  return new Refusal(
    `What Azure lists of this grant, and what GitHub says of the jobs that hold it, came ${seconds(tookMs)} after it was asked for: a change has to rest on what is no older than ${seconds(constants.fresh)}.`,
    'Run the step again when they answer faster: a longer `timeout` helps only if they do by then.',
  );
}

function tooManyHolders(count: number): Refusal {
  return new Refusal(
    `${count} would hold this very grant at once, and its description, in which Azure keeps them, has no room for more.`,
    'Run the step again when others have left, or let one job hold it for all.',
  );
}

/** Source: lease-protocol 5.2: an assumption was broken. Nobody puts it back: who is not green yet finds that itself. */
function overtaken(
  unseen: readonly Entry[],
  known: readonly Entry[],
  inWords: AssignmentTools['holderInWords'],
): string {
  const names = (entries: readonly Entry[]): string => entries.map(({ holder }) => inWords(holder)).join(', ');
  return `With the entry of ${names(known)} the deletion took away that of ${names(unseen)}, which no read had shown. Whoever was just taking a lease notices and takes it again; one that stood already has ended: look at that job.`;
}

/** Source: lease-protocol A8: a second one of the same tuple is refused. */
function twoOfOne(rows: readonly RoleAssignment[]): Refusal {
  return new Refusal(
    `Azure lists ${rows.length} role assignments of this very grant, which it does not allow: ${rows.map(({ id }) => id ?? '').join(', ')}.`,
    'Delete all of them but one by hand, then run the step again.',
  );
}
