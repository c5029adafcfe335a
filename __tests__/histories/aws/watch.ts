import type { Schedule } from '../../../rehearsal/aws/scheduler/schedule.ts';
import type { World } from '../../../rehearsal/world.ts';
import { clockTime, watchGrants, type Looking, type OpenRecord, type Watch } from '../watch.ts';

export interface WatchedGrant {
  readonly accountId: string;
  readonly permissionSetArn: string;
  readonly principalType: 'USER' | 'GROUP';
  readonly principalId: string;
}

/** End of the work of a timer after its start: the last firing. */
const WINDOW_MS = 16 * 60_000;

export function watchWorld(world: World, grants: readonly WatchedGrant[], makerOf: (name: string) => string): Watch {
  return watchGrants(world, grants.length, (index, looking) => {
    const grant = grants[index];
    if (grant === undefined) return;
    const { known } = looking;
    const mine = world.aws.schedules.all().filter((schedule) => isOf(schedule, grant));
    for (const schedule of mine) note(known, schedule, makerOf);
    const names = new Set(mine.map(({ name }) => name));
    for (const record of known.values())
      if (record.goneAt === null && !names.has(record.name)) record.goneAt = world.now();
    judge(world, index, grant, mine, looking);
  });
}

function judge(
  world: World,
  index: number,
  grant: WatchedGrant,
  mine: readonly Schedule[],
  { notOurs, entitled, breaks }: Looking,
): void {
  const now = world.now();
  const timers = mine.filter(({ name, state }) => name.endsWith('-t') && state === 'ENABLED');
  const ending = world.aws.estate
    .operations()
    .some((operation) => operation.kind === 'delete' && operation.status === 'IN_PROGRESS' && isSame(operation, grant));
  if (!notOurs.has(index) && !ending && timers.length === 0 && world.aws.estate.has(grant))
    breaks(
      `endless ${index}`,
      `grant ${index} is there, and no timer of it is: nothing shows that it is a lease, and nothing ends it`,
    );
  for (const one of entitled) {
    if (one.grant !== index || now >= one.end) continue;
    for (const { name, startsAt = 0 } of timers)
      if (startsAt < one.end && startsAt + WINDOW_MS > now)
        breaks(
          `early ${one.actor} ${name}`,
          `${one.actor} was told that it has grant ${index} until ${clockTime(one.end)}, and ${name} is to end it at ${clockTime(startsAt)}`,
        );
  }
}

function note(
  known: Map<string, OpenRecord>,
  { name, state, startsAt = 0, createdAt }: Schedule,
  makerOf: (name: string) => string,
): void {
  const found = known.get(name);
  if (found?.goneAt === null) {
    found.enabled = state === 'ENABLED';
    found.startsAt = startsAt;
    return;
  }
  const [, end = '0', holder = '', kind = ''] = name.split('-');
  known.set(name, {
    name,
    kind: kind as OpenRecord['kind'],
    end: Number(end) * 1_000,
    holder,
    maker: found?.maker ?? makerOf(name),
    createdAt,
    goneAt: null,
    enabled: state === 'ENABLED',
    startsAt,
    isGhost: false,
  });
}

/** A record has its subject in its target. */
export function isOf({ target, group }: Schedule, grant: WatchedGrant): boolean {
  if (group !== 'cloud-access') return false;
  const input = JSON.parse(target.input ?? '{}') as Readonly<Record<string, string>>;
  return (
    input['TargetId'] === grant.accountId &&
    input['PermissionSetArn'] === grant.permissionSetArn &&
    input['PrincipalType'] === grant.principalType &&
    input['PrincipalId'] === grant.principalId
  );
}

export function isSame(
  one: { readonly accountId?: string; readonly permissionSetArn?: string; readonly principalId?: string },
  grant: WatchedGrant,
): boolean {
  return (
    one.accountId === grant.accountId &&
    one.permissionSetArn === grant.permissionSetArn &&
    one.principalId === grant.principalId
  );
}
