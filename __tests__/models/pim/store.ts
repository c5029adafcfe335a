import type { PimRecord } from '../../../src/azure/leases/pim/service/record.ts';
import type { Answer } from '../../../src/azure/leases/pim/steps/asks.ts';
import type { Plain, Seen } from '../../../src/azure/leases/pim/steps/seen.ts';
import { unit, type Rules } from './rules.ts';
import type { Flight, Kept, Schedule, Stored, World } from './world.ts';

export interface Landed {
  readonly world: World;
  readonly answer: Answer;
  readonly what: string;
}

/** A request reaches the cloud: all possible new worlds and responses. */
export function landings(rules: Rules, world: World, flight: Flight): readonly Landed[] {
  const { schedule, requests } = world.stored;
  const { wish } = flight.ask;
  const answered = (is: 'exists' | 'missing' | 'too-young' | 'refused'): Landed => ({
    world,
    answer: { is },
    what: is,
  });
  // One request at a time. Source: docs/design/azure.md#pim-error-codes, PendingRoleAssignmentRequest.
  if (requests.some(({ standing }) => standing === 'moving')) return [answered('exists')];
  switch (wish.type) {
    case 'assign':
      return schedule === null ? accepting(rules, world, flight) : [answered('exists')];
    case 'update': {
      if (schedule === null) return [answered('missing')];
      if (rules.options.rigid) return [answered('refused')];
      const unfound = schedule.young ? [answered('missing')] : [];
      return [...unfound, ...accepting(rules, world, flight)];
    }
    case 'remove':
      if (schedule === null) return [answered('missing')];
      return schedule.young ? [answered('missing'), answered('too-young')] : accepting(rules, world, flight);
  }
}

function accepting(rules: Rules, world: World, flight: Flight): readonly Landed[] {
  const { left } = world;
  const kept = (standing: Kept['standing']): Kept => ({
    name: flight.name,
    type: flight.ask.wish.type,
    holder: rules.options.cast[flight.who]?.name ?? '',
    standing,
    end: 'end' in flight.ask.wish ? flight.ask.wish.end : null,
    day: world.today,
  });
  const stands = (standing: Kept['standing'], stored: Stored, spent: Partial<World['left']>): Landed => ({
    world: {
      ...replaced(world, { ...stored, requests: [...stored.requests, kept(standing)] }),
      left: { ...left, ...spent },
    },
    answer: { is: 'stands', name: flight.name, standing },
    what: standing,
  });
  const done = flight.ask.wish.type === 'remove' ? 'removed' : 'active';
  return [
    stands(done, effect(world, kept(done)), {}),
    ...(left.slow > 0 ? [stands('moving', world.stored, { slow: left.slow - 1 })] : []),
    ...(left.denied > 0 ? [stands('failed', world.stored, { denied: left.denied - 1 })] : []),
  ];
}

/** Effect of a request on the access. */
function effect({ stored, today }: World, { type, end, name }: Kept): Stored {
  const { schedule } = stored;
  switch (type) {
    case 'assign':
      return { ...stored, schedule: { start: today * unit, end, young: true, request: name } };
    case 'update':
      return { ...stored, schedule: schedule && { ...schedule, end } };
    case 'remove':
      return { ...stored, schedule: null };
  }
}

/** Requests with a response before their effect are carried out now, or never. */
export function carriedOut(world: World): readonly { readonly world: World; readonly what: string }[] {
  const { stored } = world;
  return stored.requests.flatMap((it, index) => {
    if (it.standing !== 'moving') return [];
    const standing = it.type === 'remove' ? 'removed' : 'active';
    const isPossible = it.type === 'assign' ? stored.schedule === null : stored.schedule !== null;
    const after = (kept: Kept, from: Stored): World =>
      replaced(world, { ...from, requests: from.requests.with(index, kept) });
    return [
      ...(isPossible
        ? [{ world: after({ ...it, standing }, effect(world, it)), what: `${it.name} is carried out` }]
        : []),
      { world: after({ ...it, standing: 'failed' }, stored), what: `${it.name} comes to nothing` },
    ];
  });
}

export function replaced(world: World, stored: Stored): World {
  return { ...world, stored, before: [...world.before, { stored: world.stored, age: 0 }] };
}

/** Possible results of a look: each list as it is, or as it was within the lag of lists. */
export function looks(rules: Rules, world: World): readonly Seen[] {
  const versions = versionsOf(world);
  const seen = versions.flatMap(({ schedule }) =>
    versions.flatMap(({ requests }) =>
      plains(world, schedule).map((plain): Seen => ({
        schedule:
          schedule === null
            ? null
            : { start: schedule.start, end: schedule.end, request: schedule.request, isFollowed: false },
        plain,
        requests: requests.map((it, index) => ({
          name: it.name,
          type: it.type,
          standing: it.standing,
          record: recordOf(rules, it.holder),
          end: it.end,
          at: it.day * unit + index,
          approved: false,
        })),
      })),
    ),
  );
  return [...new Map(seen.map((it) => [JSON.stringify(it), it])).values()];
}

/** The oldest state that lists can still show comes first. */
function versionsOf({ before, stored }: World): readonly Stored[] {
  return [...before.map((it) => it.stored), stored];
}

/** Role assignments that their list can show for this schedule: it lags on its own. */
function plains(world: World, schedule: Schedule | null): readonly (Plain | null)[] {
  if (schedule !== null) return [null];
  const versions = versionsOf(world);
  return versions.map(({ schedule: assigned, requests }, index): Plain | null => {
    if (assigned === null) return null;
    // Made since the first of the states that lists can show.
    const isRecent = versions.slice(0, index).some((it) => it.schedule?.request !== assigned.request);
    return { is: isRecent ? 'recent' : 'settled', at: requests.findIndex(({ name }) => name === assigned.request) };
  });
}

function recordOf({ options }: Rules, holder: string): PimRecord | null {
  const member = options.cast.find(({ name }) => name === holder);
  if (member === undefined) return null;
  return { holder, end: member.end * unit, keepAfterJob: false, replaces: null };
}

/** Result of a repeated look for the access: as expected, if any list shows it so. */
export function verdicts(world: World, expected: 'there' | 'gone'): readonly Answer[] {
  const shown = versionsOf(world).map(({ schedule }) => schedule);
  const wanted = shown.filter((schedule) => (schedule === null) === (expected === 'gone'));
  const answers = (wanted.length > 0 ? wanted : shown).map((schedule): Answer => ({
    is: schedule === null ? 'gone' : 'running',
    end: schedule?.end ?? null,
  }));
  return [...new Map(answers.map((it) => [JSON.stringify(it), it])).values()];
}

/** Possible results of a look-up of a request by its name. */
export function standings(world: World, name: string): readonly Answer[] {
  const answers = versionsOf(world).map(({ requests }): Answer => {
    const kept = requests.find((it) => it.name === name);
    return kept === undefined ? { is: 'absent' } : { is: 'stands', name, standing: kept.standing };
  });
  const all = [...new Map(answers.map((it) => [JSON.stringify(it), it])).values()];
  // A party that follows one continues as long as it is in progress.
  return all.filter((it) => it.is !== 'stands' || it.standing !== 'moving');
}
