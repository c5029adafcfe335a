import type { PimRecord } from '../service/record.ts';
import { goesOn, type Standing } from '../statuses.ts';
import type { Constants } from './constants.ts';

/** A request about one grant, as a list shows it. */
export interface SeenRequest {
  readonly name: string;
  readonly type: 'assign' | 'update' | 'remove';
  readonly standing: Standing;
  /** Who asked, where one of ours did. */
  readonly record: PimRecord | null;
  /** The end that was asked for, in milliseconds since the epoch; `null`: none, or it does not say. */
  readonly end: number | null;
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** A person had to approve it. */
  readonly approved: boolean;
}

/** An access with a beginning, and mostly an end. Milliseconds since the epoch. */
export interface SeenSchedule {
  readonly start: number;
  /** `null`: it does not end by itself. */
  readonly end: number | null;
  /** The name of the request that made it, `null` where it does not say. */
  readonly request: string | null;
  /** Another one of the same grant is listed, that begins later. */
  readonly isFollowed: boolean;
}

/**
 * A role assignment beside which no schedule is listed. `settled`: Privileged Identity Management knows nothing of it, it is
 * permanent. `recent`: it was made so lately that its schedule may not be listed yet.
 */
export interface Plain {
  readonly is: 'recent' | 'settled';
  /** When it was made, in milliseconds since the epoch; 0 where it does not say. */
  readonly at: number;
}

/** Everything about one grant. */
export interface Seen {
  readonly schedule: SeenSchedule | null;
  readonly plain: Plain | null;
  readonly requests: readonly SeenRequest[];
}

/** Requests are about it, and it has no schedule: what has just ended is listed as a role assignment for a while. */
export function isLeftBehind({ schedule, plain, requests }: Seen): boolean {
  return schedule === null && plain?.is === 'settled' && requests.length > 0;
}

/**
 * What lists that lag may show wrongly: it is believed when a later look shows the same. `maker`: nothing made the access.
 * `plain`: the role assignment has no schedule, although requests made one. `own`: an own request has made nothing.
 */
export interface Doubt {
  readonly about: 'maker' | 'plain' | 'own';
  /** When what is doubted was made, in milliseconds since the epoch: one that was made later is another. */
  readonly at: number;
}

export function doubtAbout(about: Doubt['about'], { plain, requests }: Seen): Doubt {
  return { about, at: about === 'plain' ? (plain?.at ?? 0) : Math.max(0, ...requests.map(({ at }) => at)) };
}

/** Whether the last look was doubted for the same reason. */
export function isDoubted({ doubted }: { readonly doubted: Doubt | null }, about: Doubt['about'], seen: Seen): boolean {
  return doubted?.about === about && doubted.at === doubtAbout(about, seen).at;
}

/** Who looks. */
export interface Looker {
  readonly constants: Constants;
  readonly holder: string;
  /** A holder that gave way to this one. */
  readonly replaces: string | null;
}

/** Somebody else who relies on an access. */
export interface OtherHolder {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
}

/** Requests that have had their effect, or still may have it without a person. */
function accepted({ standing }: SeenRequest): boolean {
  return standing === 'active' || standing === 'planned' || standing === 'removed' || goesOn(standing);
}

/** When the last removal arrived that was carried out, in milliseconds since the epoch; 0 where none was. */
export function removedAt({ requests }: Seen): number {
  const removals = requests.filter(({ type, standing }) => type === 'remove' && standing === 'removed');
  return Math.max(0, ...removals.map(({ at }) => at));
}

/** What made the access that is there, and what has changed it since: all after the last removal. */
export function generation(seen: Seen): readonly SeenRequest[] {
  const since = removedAt(seen);
  return seen.requests
    .filter((it) => it.type !== 'remove' && it.at >= since && accepted(it))
    .toSorted((a, b) => a.at - b.at);
}

/** The request that made the access, `null` where it is not listed: not yet, or not any more. */
export function makerOf(seen: Seen): SeenRequest | null {
  const name = seen.schedule?.request ?? null;
  const named = name === null ? null : seen.requests.find((it) => it.name.toLowerCase() === name.toLowerCase());
  if (named === undefined || named?.type === 'assign') return named ?? null;
  // That it is never the last change that is named is not known for sure.
  return generation(seen).findLast((it) => it.type === 'assign' && (named === null || it.at <= named.at)) ?? null;
}

/** Whether a request is one's own. */
export function isOwn({ record }: SeenRequest, { holder }: Pick<Looker, 'holder'>): boolean {
  return record?.holder === holder;
}

/**
 * An own request was carried out whose time is not over, nothing has ended it, and no schedule is listed: lists that contradict
 * each other lag, and prove nothing.
 */
export function isUnlisted(seen: Seen, me: Looker, date: number): boolean {
  return unlisted(seen, me.constants, date).some((it) => isOwn(it, me));
}

/** The same of anybody's request: such as made no schedule that is listed. */
export function unlisted(seen: Seen, { margin }: Constants, date: number): readonly SeenRequest[] {
  if (seen.schedule !== null) return [];
  const isThere = ({ standing, record, end }: SeenRequest): boolean =>
    standing === 'active' && date < (record?.end ?? end ?? Infinity) + margin;
  return generation(seen).filter(isThere);
}

/**
 * Whether nobody relies on a request any more: its time is over, its holder gave way to another, or it is of an earlier
 * attempt of this very run, whose jobs have all ended before this one began.
 */
function isOver({ record, end }: SeenRequest, given: readonly string[], me: Looker, date: number): boolean {
  const until = record === null ? end : record.end;
  if (until !== null && date >= until + me.constants.margin) return true;
  if (record === null) return false;
  return given.includes(record.holder) || (!record.keepAfterJob && isOfEarlierAttempt(record.holder, me.holder));
}

/** Whether a holder's job belongs to an earlier attempt of the very run that another one's belongs to. */
export function isOfEarlierAttempt(holder: string, other: string): boolean {
  const [one, its] = [attemptOf(holder), attemptOf(other)];
  return one !== null && its !== null && one.run === its.run && one.attempt < its.attempt;
}

/** What a holder's name says: `null` where it does not know its own run. */
function attemptOf(holder: string): { readonly run: string; readonly attempt: number } | null {
  const [repository = '', run = '', attempt = ''] = holder.split('.');
  if ([repository, run, attempt].some((it) => it === '' || it === '0')) return null;
  return { run: `${repository}.${run}`, attempt: Number.parseInt(attempt, 36) };
}

/** Whether a request has planned an access that begins only after the one that runs: whoever waits for that does not rely on this. */
function isAhead({ type, standing }: SeenRequest, { schedule }: Seen, date: number): boolean {
  return type === 'assign' && standing === 'planned' && schedule !== null && schedule.start <= date;
}

/**
 * The requests of others who rely on the access that is there.
 *
 * @param hasGivenUp this one never stood: whom it was to replace relies on it still
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

/** The same as holders, each once and to its latest end. */
export function holdersIn(requests: readonly SeenRequest[], end: number): readonly OtherHolder[] {
  const ends = new Map<string, number>();
  for (const { record, name, end: asked } of requests) {
    const holder = record?.holder ?? name;
    ends.set(holder, Math.max(ends.get(holder) ?? 0, record?.end ?? asked ?? end));
  }
  return [...ends].map(([name, until]) => ({ name, end: until }));
}
