import type { Schedule } from '../../rehearsal/aws/scheduler/schedule.ts';
import type { World } from '../../rehearsal/world.ts';
import type { Note, RecordStory } from './chronicle.ts';

export interface WatchedGrant {
  readonly accountId: string;
  readonly permissionSetArn: string;
  readonly principalType: 'USER' | 'GROUP';
  readonly principalId: string;
}

/** Somebody who has been told that the access stands, until a time. */
export interface Entitled {
  readonly actor: string;
  readonly grant: number;
  readonly end: number;
}

/** Looks at everything whenever a request arrives, before it is carried out. */
export interface Watch {
  look(): void;
  records(grant: number): readonly RecordStory[];
  broken(): readonly Note[];
  /** The grants that were there for ever, or may be: their end is not ours. */
  readonly notOurs: Set<number>;
  readonly entitled: Set<Entitled>;
}

type Open = { -readonly [K in keyof RecordStory]: RecordStory[K] };

/** Whose work a timer is until, beyond its start: the last firing. */
const WINDOW_MS = 16 * 60_000;

export function watchWorld(world: World, grants: readonly WatchedGrant[], makerOf: (name: string) => string): Watch {
  const records = grants.map(() => new Map<string, Open>());
  const broken = new Map<string, Note>();
  const notOurs = new Set<number>();
  const entitled = new Set<Entitled>();

  const breaks = (at: number, key: string, text: string): void => {
    if (!broken.has(key)) broken.set(key, { at, text });
  };

  const look = (): void => {
    const now = world.now();
    const schedules = world.schedules.all();
    for (const [index, grant] of grants.entries()) {
      const mine = schedules.filter((schedule) => isOf(schedule, grant));
      const known = records[index] ?? new Map<string, Open>();
      for (const schedule of mine) note(known, schedule, makerOf);
      const names = new Set(mine.map(({ name }) => name));
      for (const record of known.values()) if (record.goneAt === null && !names.has(record.name)) record.goneAt = now;
      judge(index, grant, mine, now);
    }
  };

  const judge = (index: number, grant: WatchedGrant, mine: readonly Schedule[], now: number): void => {
    const timers = mine.filter(({ name, state }) => name.endsWith('-t') && state === 'ENABLED');
    const ending = world.estate
      .operations()
      .some(
        (operation) => operation.kind === 'delete' && operation.status === 'IN_PROGRESS' && isSame(operation, grant),
      );
    if (!notOurs.has(index) && !ending && timers.length === 0 && world.estate.has(grant))
      breaks(
        now,
        `endless ${index}`,
        `grant ${index} is there, and no timer of it is: nothing shows that it is a lease, and nothing ends it`,
      );
    for (const one of entitled) {
      if (one.grant !== index || now >= one.end) continue;
      for (const { name, startsAt = 0 } of timers)
        if (startsAt < one.end && startsAt + WINDOW_MS > now)
          breaks(
            now,
            `early ${one.actor} ${name}`,
            `${one.actor} was told that it has grant ${index} until ${clockTime(one.end)}, and ${name} is to end it at ${clockTime(startsAt)}`,
          );
    }
  };

  world.script.onRequest(
    {
      where: () => {
        look();
        return false;
      },
    },
    () => undefined,
  );
  return {
    look,
    records: (grant) => [...(records[grant]?.values() ?? [])].map((record) => ({ ...record })),
    broken: () => [...broken.values()],
    notOurs,
    entitled,
  };
}

function note(
  known: Map<string, Open>,
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
    kind: kind as Open['kind'],
    end: Number(end) * 1_000,
    holder,
    maker: found?.maker ?? makerOf(name),
    createdAt,
    goneAt: null,
    enabled: state === 'ENABLED',
    startsAt,
  });
}

/** A record says in its target what it is about. */
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

export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
