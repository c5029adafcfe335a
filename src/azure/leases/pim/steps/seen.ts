import type { PimRecord } from '../service/record.ts';
import { goesOn, type Standing } from '../statuses.ts';
import type { Constants } from './constants.ts';

/** A listed request about one grant. */
export interface SeenRequest {
  readonly name: string;
  readonly type: 'assign' | 'update' | 'remove';
  readonly standing: Standing;
  /** Holder that sent it, if it is a request of this action. */
  readonly record: PimRecord | null;
  /** Requested end, in milliseconds since the epoch; `null`: none, or unknown. */
  readonly end: number | null;
  /** Time of arrival, in milliseconds since the epoch. */
  readonly at: number;
  /** A person had to approve it. */
  readonly approved: boolean;
}

/** Access with a start, and usually an end. Milliseconds since the epoch. */
export interface SeenSchedule {
  readonly start: number;
  /** `null`: it does not end by itself. */
  readonly end: number | null;
  /** Name of the request that made it, `null` if unknown. */
  readonly request: string | null;
  /** Another schedule of the same grant, which begins later, is listed. */
  readonly isFollowed: boolean;
}

/**
 * A role assignment without a listed schedule. `settled`: Privileged Identity Management does not know it, so it is
 * permanent. `recent`: it is so new that its schedule might not be listed yet.
 */
export interface Plain {
  readonly is: 'recent' | 'settled';
  /** Creation time, in milliseconds since the epoch; 0 if unknown. */
  readonly at: number;
}

/** Result of a look at one grant. */
export interface Seen {
  readonly schedule: SeenSchedule | null;
  readonly plain: Plain | null;
  readonly requests: readonly SeenRequest[];
}

/** True if a grant with requests has no schedule: access that has just ended is listed as a role assignment for a while. */
export function isLeftBehind({ schedule, plain, requests }: Seen): boolean {
  return schedule === null && plain?.is === 'settled' && requests.length > 0;
}

/**
 * Result that might be an error of lagging lists: it is believed when a later look shows the same. `maker`: no request made
 * the access. `plain`: the role assignment has no schedule, although requests made one. `own`: a request of this holder made
 * no access.
 */
export interface Doubt {
  readonly about: 'maker' | 'plain' | 'own';
  /** Creation time of the doubted access or request, in milliseconds since the epoch: a later one is another. */
  readonly at: number;
}

export function doubtAbout(about: Doubt['about'], { plain, requests }: Seen): Doubt {
  return { about, at: about === 'plain' ? (plain?.at ?? 0) : Math.max(0, ...requests.map(({ at }) => at)) };
}

/** True if the last look was already doubted for the same reason. */
export function isDoubted({ doubted }: { readonly doubted: Doubt | null }, about: Doubt['about'], seen: Seen): boolean {
  return doubted?.about === about && doubted.at === doubtAbout(about, seen).at;
}

/** Holder that looks. */
export interface Looker {
  readonly constants: Constants;
  readonly holder: string;
  /** Holder that this one replaces. */
  readonly replaces: string | null;
}

/** Another holder or requester that uses the access. */
export interface OtherHolder {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
}

/** True if a request has taken effect, or still might without a person. */
function accepted({ standing }: SeenRequest): boolean {
  return standing === 'active' || standing === 'planned' || standing === 'removed' || goesOn(standing);
}

/** Arrival time of the last removal that was carried out, in milliseconds since the epoch; 0 where there was none. */
export function removedAt({ requests }: Seen): number {
  const removals = requests.filter(({ type, standing }) => type === 'remove' && standing === 'removed');
  return Math.max(0, ...removals.map(({ at }) => at));
}

/** Requests that made or changed the existing access: all after the last removal. */
export function generation(seen: Seen): readonly SeenRequest[] {
  const since = removedAt(seen);
  return seen.requests
    .filter((it) => it.type !== 'remove' && it.at >= since && accepted(it))
    .toSorted((a, b) => a.at - b.at);
}

/** The request that made the access; `null` where it is not listed yet, or not any more. */
export function makerOf(seen: Seen): SeenRequest | null {
  const name = seen.schedule?.request ?? null;
  const named = name === null ? null : seen.requests.find((it) => it.name.toLowerCase() === name.toLowerCase());
  if (named === undefined || named?.type === 'assign') return named ?? null;
  // Whether a schedule can name the last change instead is not known for sure.
  return generation(seen).findLast((it) => it.type === 'assign' && (named === null || it.at <= named.at)) ?? null;
}

/** True if a request is the holder's own. */
export function isOwn({ record }: SeenRequest, { holder }: Pick<Looker, 'holder'>): boolean {
  return record?.holder === holder;
}

/**
 * True if a request of this holder was carried out, its time is not over, it was not removed, and no schedule is listed. Lists
 * that contradict each other lag, and prove nothing.
 */
export function isUnlisted(seen: Seen, me: Looker, date: number): boolean {
  return unlisted(seen, me.constants, date).some((it) => isOwn(it, me));
}

/** All such requests, of any holder. */
export function unlisted(seen: Seen, { margin }: Constants, date: number): readonly SeenRequest[] {
  if (seen.schedule !== null) return [];
  const isThere = ({ standing, record, end }: SeenRequest): boolean =>
    standing === 'active' && date < (record?.end ?? end ?? Infinity) + margin;
  return generation(seen).filter(isThere);
}

/**
 * True if no holder uses a request any more: its time is over, its holder was replaced, or it belongs to an earlier attempt
 * of the same run, whose jobs ended before this one began.
 */
function isOver({ record, end }: SeenRequest, given: readonly string[], me: Looker, date: number): boolean {
  const until = record === null ? end : record.end;
  if (until !== null && date >= until + me.constants.margin) return true;
  if (record === null) return false;
  return given.includes(record.holder) || (!record.keepAfterJob && isOfEarlierAttempt(record.holder, me.holder));
}

/** True if a holder's job belongs to an earlier attempt of the run of another holder's job. */
export function isOfEarlierAttempt(holder: string, other: string): boolean {
  const [one, its] = [attemptOf(holder), attemptOf(other)];
  return one !== null && its !== null && one.run === its.run && one.attempt < its.attempt;
}

/** Run and attempt in a holder's name; `null` where the name does not contain them. */
function attemptOf(holder: string): { readonly run: string; readonly attempt: number } | null {
  const [repository = '', run = '', attempt = ''] = holder.split('.');
  if ([repository, run, attempt].some((it) => it === '' || it === '0')) return null;
  return { run: `${repository}.${run}`, attempt: Number.parseInt(attempt, 36) };
}

/** True if a request has planned an access that begins only after the active one: its holder does not use the active one. */
function isAhead({ type, standing }: SeenRequest, { schedule }: Seen, date: number): boolean {
  return type === 'assign' && standing === 'planned' && schedule !== null && schedule.start <= date;
}

/**
 * Requests of others that use the existing access.
 *
 * @param hasGivenUp the join was given up: the holder that it was to replace still uses the access
 */
export function reliedOn(seen: Seen, me: Looker, date: number, hasGivenUp = false): readonly SeenRequest[] {
  const all = generation(seen).filter((it) => !isAhead(it, seen, date));
  const standing = hasGivenUp ? all.filter((it) => !isOwn(it, me)) : all;
  const given = [
    ...standing.flatMap(({ record }) => record?.replaces ?? []),
    ...(me.replaces === null || hasGivenUp ? [] : [me.replaces]),
  ];
  return all.filter((it) => !isOwn(it, me) && !isOver(it, given, me, date));
}

/** Holders of requests, each once, with its latest end. */
export function holdersIn(requests: readonly SeenRequest[], end: number): readonly OtherHolder[] {
  const ends = new Map<string, number>();
  for (const { record, name, end: asked } of requests) {
    const holder = record?.holder ?? name;
    ends.set(holder, Math.max(ends.get(holder) ?? 0, record?.end ?? asked ?? end));
  }
  return [...ends].map(([name, until]) => ({ name, end: until }));
}
