import type { Subject } from '../../rehearsal/azure/arm/assignment.ts';
import type { Schedule, ScheduleRequest } from '../../rehearsal/azure/pim/model.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureIds, scopes } from './azure-support.ts';
import { azure, isLike, tupleOf } from './lease-azure.ts';
import { time, type Granted, type LeaseCloud } from './lease-cloud.ts';
import { isNoted, noteIn, notesIn } from './lease-notes.ts';
import { endIn, recordIn, type ShownRecord } from './pim-records.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** The longest lease of a story ends so long after its beginning, in milliseconds. */
const longestMs = 180 * minuteMs;
/** A request is carried out within this, in milliseconds. */
const longestRequestMs = minuteMs;

const byPim = { 'azure-pim': 'true' } as const;
const { one, many } = azure;

/** Leases through Privileged Identity Management, which Azure ends by itself. */
export const pim: LeaseCloud = {
  world: azure.world,
  signIn: azure.signIn,
  inputs: { one: { ...azure.inputs.one, ...byPim }, many: { ...azure.inputs.many, ...byPim }, sweep: {} },
  one,
  many,
  estrange(world, isFirst) {
    const permanent = azure.estrange(world, isFirst);
    const endAt = world.now() + 40 * dayMs;
    const others: readonly Granted[] = [
      { ...one, principalId: azureIds.alice, targetId: scopes.subscription },
      { ...one, principalId: azureIds.deploy, targetId: scopes.subscription },
    ];
    // A record that was copied from another request is nobody's.
    const justification = 'INC-1 [cloud-access lease v1 0a1b2c3d4e5f: 9ix.1.1.1.0a1b2c3d@hbk2s]';
    for (const grant of others) world.azure.pim.add({ ...tupleOf(grant), endAt, justification });
    return [...permanent, ...others];
  },
  has: azure.has,
  add: azure.add,
  endsOf,
  bystanders: (world, grants) => [
    ...azure.bystanders(world, grants),
    ...world.azure.pim
      .schedules()
      .filter((it) => !grants.some((grant) => isAbout(grant, it)))
      .map((it) => JSON.stringify(it))
      .sort(),
  ],
  isChange: (operation) => /^roleAssignmentScheduleRequests\.(?:put|cancel)$/u.test(operation),
  orderProblems,
  carriedOutMs: longestRequestMs,
  endsByClock: true,
  lastEnd: (world) => Math.max(0, ...leased(world).flatMap(({ endAt }) => endAt ?? [])),
  pastEnds: 2 * minuteMs,
  recordsLeft: (world) =>
    leased(world).map(({ name, endAt }) => `access ${name} is there until ${time(endAt ?? Infinity)}`),
  overdue,
  garbage: () => [],
};

/** Requests that wait for a person are let through. */
export function approveAll({ azure: { pim: live } }: World): void {
  for (const { name, status } of live.requests()) if (status === 'PendingApproval') live.approve(name);
}

function isAbout(grant: Granted, { scope, roleDefinitionId, principalId }: Subject): boolean {
  return isLike(grant, { principalType: '', principalId, roleId: roleDefinitionId, targetId: scope });
}

/** Accesses of the stories' grants that end by themselves. */
function leased({ azure: { pim: live } }: World): readonly Schedule[] {
  return live.schedules().filter((it) => many.some((grant) => isAbout(grant, it)));
}

/** By the requests that were carried out: when each said that it was to end, and no later one did. */
function endsOf(world: World, grant: Granted): readonly number[] {
  const ends: number[] = [];
  let ending = Infinity;
  for (const { request, at } of carriedOut(world, grant)) {
    if (ending <= at) ends.push(ending);
    if (request.requestType === 'AdminRemove') ends.push(at);
    ending = request.requestType === 'AdminRemove' ? Infinity : endIn(request, at);
  }
  return ending <= world.now() ? [...ends, ending] : ends;
}

interface CarriedOut {
  readonly request: ScheduleRequest;
  readonly at: number;
}

function carriedOut({ azure: { pim: live } }: World, grant: Granted): readonly CarriedOut[] {
  return live
    .requests()
    .filter((request) => isAbout(grant, request))
    .flatMap((request) =>
      request.statuses.flatMap(({ status, at }) =>
        status === 'Provisioned' || status === 'Revoked' ? [{ request, at }] : [],
      ),
    )
    .toSorted((a, b) => a.at - b.at);
}

interface PutBody {
  readonly properties?: {
    readonly principalId?: string;
    readonly roleDefinitionId?: string;
    readonly requestType?: string;
    readonly justification?: string;
  };
}

interface Put {
  readonly grant: Granted;
  readonly type: string;
  readonly record: ShownRecord | null;
}

function putsIn(requests: readonly JournalEntry[]): readonly Put[] {
  return requests.flatMap(({ operation, url = '', body }) => {
    if (operation !== 'roleAssignmentScheduleRequests.put') return [];
    const {
      principalId = '',
      roleDefinitionId: roleId = '',
      requestType: type = '',
      justification = '',
    } = (body as PutBody).properties ?? {};
    const [targetId = ''] = decodeURIComponent(url).split('/providers/Microsoft.Authorization/');
    return [{ grant: { principalType: '', principalId, roleId, targetId }, type, record: recordIn(justification) }];
  });
}

/** The runner's state names the holder before an access is asked for, and none ever is without a record. */
function orderProblems({ requests, state }: Pick<StepResult, 'requests' | 'state'>): readonly string[] {
  const notes = notesIn(state);
  return putsIn(requests).flatMap(({ grant, type, record }) => {
    if (record === null) return [`${type} without a record`];
    if (type === 'AdminRemove') return [];
    const note = notes.find((it) => isLike(it.grant, grant))?.text;
    const isOwn = noteIn(note).by === record.holder || noteIn(note).at === 'o';
    return isOwn && isNoted(note, { letter: 'c', holder: record.holder })
      ? []
      : [`the state does not name the holder: ${note ?? ''}`];
  });
}

/** The end of a record is its holder's alone; an access is never asked for longer than its leases last, but for a minute each. */
function overdue({ azure: { pim: live } }: World, grants: readonly Granted[]): readonly string[] {
  return grants.flatMap((grant) => {
    const ends = new Map<string, number>();
    let traces = 0;
    return live
      .requests()
      .filter((it) => isAbout(grant, it) && it.requestType !== 'AdminRemove')
      .flatMap((request) => {
        const { createdOn, requestType } = request;
        const record = recordIn(request.justification ?? '');
        if (record === null) return [];
        const known = ends.get(record.holder) ?? record.end;
        ends.set(record.holder, known);
        traces += 1;
        const wanted = endIn(request, createdOn);
        const bound = Math.max(...ends.values()) + traces * minuteMs + longestRequestMs;
        return [
          ...(record.end === known ? [] : [`the end of ${record.holder} became ${time(record.end)}`]),
          ...(record.end <= createdOn + longestMs ? [] : [`${record.holder} wrote down ${time(record.end)}`]),
          ...(wanted <= bound ? [] : [`${requestType} asked for ${time(wanted)}, after ${time(bound)}`]),
        ];
      });
  });
}
