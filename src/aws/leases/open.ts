import { budgetWith, type Budget } from '#access/clock';
import { CloudError, instead, orCloudError, Refusal } from '#access/errors';
import type { Assignment, Words } from '#access/grant';
import { admit } from '#access/leases/admission';
import { releasePrevious } from '#access/leases/release-previous';
import { goneMeanwhile } from '#access/messages/leases';
import { holderName } from '#access/leases/names';
import type { Origin } from '#access/leases/liveness';
import type { LeaseEntry, Leases, Survey } from '#access/leases/port';
import { notThere } from '#access/messages/leases';
import { accessUnread, otherCaller } from './messages/records.ts';
import { leasedByOthers, recordedLikeThem } from './messages/taking.ts';
import type { ListRequest, SweepRequest } from '#access/request';
import { readAssignments } from '../assignments.ts';
import type { Narrowed } from '../resolve/resolve.ts';
import type { AwsSession } from '../session.ts';
import { groupOfRecords, inspect, readEntries, readEntry, type RecordReader } from './finding/catalogue.ts';
import { findHeld } from './finding/find-held.ts';
import type { AwsAnchor } from './anchor.ts';
import { constants, never } from './steps/constants.ts';
import { openExecutor } from './executor/executor.ts';
import { findDue } from './finding/due.ts';
import { release, leaveUnseen } from './operations/release.ts';
import { leaseIn, writeLeaseId } from './lease-id.ts';
import { makePermanent } from './operations/make-permanent.ts';
import { fieldsOf, grantKeyOf } from './records/names.ts';
import { writeDescription } from './records/record-text.ts';
import { isEnabledTimer, type Row } from './steps/records.ts';
import { revoke } from './operations/revoke.ts';
import type { LeaseContext } from './context.ts';
import type { ScheduleGroup } from './records/schedules.ts';
import { showLeases } from './finding/show.ts';
import { sweep } from './operations/sweep.ts';
import { take } from './operations/take.ts';
import { releaseUnrecorded, takeUnrecorded } from './operations/unrecorded.ts';

/** The parts of the rest of the folder that the leases of a step need. */
interface LeaseSurroundings {
  readonly session: AwsSession;
  readonly words: Words;
  readonly instanceArn: () => string;
  readonly origin: Origin;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly sessionsOutlive: (grant: Assignment, budget: Budget) => Promise<string>;
  /** Finds the instance where nothing was resolved. */
  readonly attach: (budget: Budget) => Promise<void>;
  /** Throws for a privileged grant, which is refused unless it was allowed (P10). */
  readonly refusePrivileged: (grant: Assignment, budget: Budget) => Promise<void>;
  /** The signed-in identity, which has to be the same in the post step. */
  readonly caller: (budget: Budget) => Promise<string>;
  /** The grants that the lines of a request mean. */
  readonly narrow: (request: ListRequest | SweepRequest, budget: Budget) => Promise<Narrowed>;
}

/** Most holders of a grant whose records are read for their names. */
const mostNamedHolders = 5;
/** Time limit for reading the names of other holders, in milliseconds. */
const namingMs = 20_000;

/** Leases on AWS, by EventBridge Scheduler or by the runner's state alone. */
export function openLeases(around: LeaseSurroundings): Leases {
  const { session, words, instanceArn, origin, randomBytes } = around;
  const { settings, tools: cloudTools } = session;
  const { scheduler } = settings;
  const group: ScheduleGroup | null = scheduler.roleArn === null ? null : { ...scheduler, roleArn: scheduler.roleArn };
  const holder = holderName(randomBytes);
  const date = (): number => session.wire.serverTime(cloudTools.clock.now());
  const reader: RecordReader = { session, group: scheduler.group, roleArn: scheduler.roleArn, constants };
  const keyOf = (grant: Assignment): string => grantKeyOf(fieldsOf(instanceArn(), grant));
  const enter = async (budget: Budget): Promise<void> => {
    await around.attach(budget);
    const isAnew = settings.signIn.kind === 'web-identity';
    await admit({ takenBy: settings.caller, isAnew, caller: () => around.caller(budget), otherCaller });
  };
  /** The error of the sign-in, `null` where it succeeded. */
  let admitted: Promise<CloudError | null> | null = null;
  /** The grants that this step run leased, for its lease id. */
  const leased = new Set<string>();
  let counted = 0;

  const context: LeaseContext = {
    session,
    group: group ?? { ...scheduler, roleArn: '' },
    instanceArn,
    constants,
    words,
    holder,
    randomBytes,
    openExecutor: (grant, keepAfterJob, tools, groupName = scheduler.group) => {
      const description = writeDescription(origin, keepAfterJob, tools.reason);
      const inGroup = { ...context.group, group: groupName };
      return openExecutor(
        { session, group: inGroup, instanceArn: instanceArn(), constants, description },
        grant,
        tools,
      );
    },
    groupOf: (grant, budget) => groupOfRecords(session, keyOf(grant), budget),
    leaseId: (grant, name, keepAfterJob) =>
      writeLeaseId({
        region: session.region(),
        group: context.group.group,
        instanceArn: instanceArn(),
        roleArn: context.group.roleArn,
        deadLetterQueueArn: context.group.deadLetterQueueArn,
        holder: name,
        keepAfterJob,
        grants: name === holder ? [...leased] : [keyOf(grant)],
        count: name === holder ? counted : 1,
      }),
    sessionsOutlive: (grant, budget) => around.sessionsOutlive(grant, budget),
    nameHolders: async ({ text, group: { group: groupName }, signal }, others) => {
      const budget: Budget = { until: cloudTools.clock.now() + namingMs, signal };
      // Names are only for people: if they cannot be read in time, the random name is shown.
      const orNull = (error: unknown): null => {
        if (signal.aborted || error instanceof CloudError) return null;
        throw error;
      };
      return Promise.all(
        others.map(async ({ holder: name, end }, index) => {
          const hold = { kind: 'hold', end, holder: name } as const;
          const seen =
            index < mostNamedHolders
              ? await inspect({ ...reader, group: groupName }, text.grantKey, hold, budget).catch(orNull)
              : null;
          return { name: seen?.description?.words ?? name, until: end === never ? null : end };
        }),
      );
    },
  };

  const rowsOf = async (grant: Assignment, budget: Budget): Promise<readonly Row[]> => {
    const { rows } = await readEntry(reader, keyOf(grant), budget);
    return rows.filter(({ foreign }) => !foreign);
  };
  const anyRecord = async (
    grants: readonly Assignment[],
    budget: Budget,
    is: (row: Row) => boolean,
  ): Promise<readonly boolean[]> => {
    const entries = await readEntries(reader, grants.map(keyOf), budget);
    return entries.map(({ rows }) => rows.some((row) => !row.foreign && is(row)));
  };

  /** Adds to leases on record whether their access exists: a revocation leaves the records to the holders. */
  const lookWhetherThere = async (
    items: readonly LeaseEntry[],
    budget: Budget,
  ): Promise<Pick<Survey<LeaseEntry>, 'items' | 'notices'>> => {
    try {
      const grants = items.map(({ grant }) => grant);
      const read = grants.length === 0 ? [] : await readAssignments(session, instanceArn(), grants, budget);
      const isAbsent = (index: number): boolean => read[index]?.standing === 'absent';
      const absent = (it: LeaseEntry): LeaseEntry => ({
        ...it,
        overdueSince: null,
        remarks: [notThere, ...it.remarks],
      });
      return { items: items.map((it, index) => (isAbsent(index) ? absent(it) : it)), notices: [] };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return { items: items.map((it) => ({ ...it, overdueSince: null })), notices: [accessUnread(error.message)] };
    }
  };

  return {
    concerns: ({ operation, lifetime }) =>
      (operation === 'assign' && lifetime.kind === 'lease') || (operation !== 'provision' && group !== null),
    ...(group === null ? { needsForPermanent: recordedLikeThem } : {}),
    takesOver: () => true,
    leave: () => undefined,
    areLeased: (grants, budget) =>
      group === null ? Promise.resolve(grants.map(() => false)) : anyRecord(grants, budget, isEnabledTimer),
    haveRecords: (grants, budget) =>
      group === null ? Promise.resolve(grants.map(() => false)) : anyRecord(grants, budget, () => true),
    date,
    announce: (grants, count) => {
      for (const grant of grants) leased.add(keyOf(grant));
      counted += count;
    },
    guarantee: group === null ? 'post-step' : 'scheduler',
    anchor: async (budget): Promise<AwsAnchor> => ({
      region: session.region(),
      instanceArn: instanceArn(),
      scheduler: context.group,
      recorded: group !== null,
      signIn: settings.signIn,
      routing: session.routing,
      caller: await around.caller(budget),
    }),
    async carryOut(change, there, tools) {
      switch (change.kind) {
        case 'join': {
          if (group !== null) return take(context, change.grant, change.lease, tools);
          await refuseRecorded(change.grant, rowsOf, tools.budget);
          return takeUnrecorded(context, change.grant, change.lease, tools);
        }
        case 'make-permanent':
          return makePermanent(context, change.grant, there, tools);
        case 'revoke':
          return revoke(context, change.grant, tools);
      }
    },
    async release(held, tools) {
      const away = await (admitted ??= enter(tools.budget).then(() => null, orCloudError));
      if (away !== null) {
        // A later release signs in again.
        admitted = null;
        return leaveUnseen(context, held, away, tools);
      }
      return held.holder === '' ? releaseUnrecorded(context, held, tools) : release(context, held, tools);
    },
    listedWithinMs: constants.lag,
    async find(id, budget) {
      await around.attach(budget);
      return findHeld(leaseIn(id), reader, budget);
    },
    outlivesJob: (id) => leaseIn(id).keepAfterJob,
    async extend(held, { lease, allowPrivileged }, tools) {
      if (!allowPrivileged) await around.refusePrivileged(held.grant, tools.budget);
      const [read] = await readAssignments(session, instanceArn(), [held.grant], tools.budget);
      // Access that was revoked, or removed by hand, leaves its hold on record: an extension must not bring it back.
      if (read?.standing === 'absent') throw goneMeanwhile();
      leased.add(keyOf(held.grant));
      const joined = await take(context, held.grant, lease, tools, held.holder);
      return releasePrevious(joined, { held, lease, tools }, (old, doing) => release(context, old, doing));
    },
    async list(request, budget) {
      const { isWanted, notices } = await around.narrow(request, budget);
      const found = await showLeases(reader, isWanted, date(), budget);
      const looked = await lookWhetherThere(found.items, budget);
      return { ...found, items: looked.items, notices: [...notices, ...found.notices, ...looked.notices] };
    },
    findDue: async (request, budget) => {
      const { isWanted, notices } = await around.narrow(request, budget);
      const isThere = async (grant: Assignment, spent: Budget): Promise<boolean> => {
        const [read] = await readAssignments(session, instanceArn(), [grant], spent);
        return read !== undefined && read.standing !== 'absent';
      };
      const looking = { reader, liveness: cloudTools.liveness, date: date(), isWanted, isThere };
      const { items, suspects, notices: told } = await findDue(looking, budget);
      return {
        items: items.map((due) => ({ ...due, sweep: (tools) => sweep(context, due, tools) })),
        notices: [...notices, ...told],
        suspects,
      };
    },
  };
}

/** Without a scheduler, no other step sees this holder: if others have records, its release would end their access. */
async function refuseRecorded(
  grant: Assignment,
  rowsOf: (grant: Assignment, budget: Budget) => Promise<readonly Row[]>,
  budget: Budget,
): Promise<void> {
  // Records that the caller cannot list do not count: the warning about such leases says so.
  const rows = await rowsOf(grant, budgetWith(budget, { mayBeDenied: true })).catch(instead('denied', []));
  if (rows.length === 0) return;
  throw new Refusal(leasedByOthers, recordedLikeThem);
}
