import type { Assignment } from '../arm/assignment.ts';
import { json, type Call, type Handler } from '../arm/call.ts';
import { paged } from '../arm/pages.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import { parameter } from '../arm/routes.ts';
import { admitToList, admitToPim, OPERATIONS, plainly } from './authorize.ts';
import { asksForOwn, pimFilter, selects, type PimFilter } from './filters.ts';
import type { Schedule } from './model.ts';
import { instanceWire, scheduleWire, type MemberType } from './wire.ts';

/** Planned and running access. */
export const listSchedules: Handler = (given) =>
  list(plainly(given), OPERATIONS.readSchedules, () => seen(given), scheduleWire);

/** Running access (docs/design/azure.md#pim-lists). */
export const listInstances: Handler = (given) =>
  list(
    plainly(given),
    OPERATIONS.readInstances,
    () => seen(given).filter(({ assignment }) => assignment !== null),
    instanceWire,
  );

export const getSchedule: Handler = (given) => {
  const call = plainly(given);
  const { name } = call.route;
  const scope = admitToPim(call, OPERATIONS.readSchedules, 'roleAssignmentSchedules');
  const found = seen(call).find((schedule) => schedule.name === name.toLowerCase() && schedule.scope === scope.id);
  if (found !== undefined) return json(200, scheduleWire(call.cloud.estate, found, 'Direct'));
  // Status and code are not known for sure.
  throw new ArmRefusal(404, 'RoleAssignmentScheduleNotFound', `The role assignment schedule '${name}' is not found.`);
};

/** Schedules of a list at a scope. */
export function list(
  call: Call,
  operation: string,
  all: () => readonly Schedule[],
  wire: typeof scheduleWire,
): ReturnType<Handler> {
  const filter = pimFilter(parameter(call.route.query, '$filter'));
  const scope = admitToList(call, operation, asksForOwn(filter));
  const rows = all().filter((schedule) => selects(call, scope, filter, schedule));
  return paged(
    call,
    rows,
    ({ name }) => name,
    (schedule) => wire(call.cloud.estate, schedule, memberType(filter, schedule)),
  );
}

/** Direct also for access that is inherited from above (EasyPIM#23). */
function memberType(filter: PimFilter, { principalId }: Schedule): MemberType {
  return filter.kind === 'assignedTo' && filter.id !== principalId ? 'Group' : 'Direct';
}

/** Visible state by now, with permanent role assignments unless they are hidden. */
function seen({ cloud }: Call): readonly Schedule[] {
  const { arm, pim, options } = cloud;
  const plain = options.pim?.hidesPermanent === true ? [] : arm.seen().filter(({ name }) => !pim.schedules.made(name));
  return [...pim.schedules.seen(), ...plain.map(permanent)];
}

function permanent(assignment: Assignment): Schedule {
  const { name, createdOn, updatedOn } = assignment;
  return { ...assignment, request: null, startAt: createdOn, endAt: null, createdOn, updatedOn, assignment: name };
}
