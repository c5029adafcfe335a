import type { Chronicle, GrantStory, RecordStory } from './chronicle.ts';

/** Events of a history, for the shares; and the events of its cloud alone. */
export type Features = AnyFeatures & Readonly<Record<string, boolean>>;

interface AnyFeatures {
  /** Two held, or were at work at, a grant at the same time. */
  readonly overlap: boolean;
  /** A process was killed while others were at work at the same grant, or held it. */
  readonly contendedKill: boolean;
  /** One in its course, not the one at its end. */
  readonly sweep: boolean;
  readonly kill: boolean;
  readonly stop: boolean;
  readonly late: boolean;
  readonly storm: boolean;
  readonly skew: boolean;
  readonly permanent: boolean;
  readonly hand: boolean;
  readonly extend: boolean;
  readonly kept: boolean;
  readonly twoGrants: boolean;
}

export function featuresOf(chronicle: Chronicle): Features {
  const { history, side, runs, grants } = chronicle;
  const { surroundings, actors } = history;
  const faulty = runs.filter(({ faultAt }) => faultAt !== null);
  const killed = faulty.filter(({ trouble }) => trouble?.kind === 'signal' || trouble?.kind === 'cancel');
  return {
    overlap: grants.some(hasOverlap),
    contendedKill: killed.some(({ contended }) => contended),
    sweep: runs.some(({ purpose }) => purpose === 'sweep'),
    kill: killed.length > 0,
    stop: faulty.some(({ trouble }) => trouble?.kind === 'stop' || trouble?.kind === 'fault'),
    late: faulty.some(({ trouble }) => trouble?.kind === 'late' || (trouble?.kind === 'signal' && trouble.lateMs > 0)),
    storm: surroundings.storm !== null,
    skew: actors.some((actor) => actor.kind !== 'hand' && actor.skewMs !== 0),
    permanent: surroundings.permanent.length > 0,
    hand: grants.some(({ protectedFrom, unclearFrom }) => protectedFrom !== null || unclearFrom !== null),
    extend: runs.some(({ purpose }) => purpose === 'extend'),
    kept: actors.some((actor) => actor.kind === 'job' && actor.ending.kind === 'kept'),
    twoGrants: history.grants > 1,
    ...side.features(chronicle),
  };
}

function hasOverlap({ records }: GrantStory): boolean {
  const holds = records.filter(({ kind }) => kind === 'h');
  const last = ({ end, goneAt }: RecordStory): number => Math.min(end, goneAt ?? Infinity);
  return holds.some((one) =>
    holds.some((other) => other.maker !== one.maker && other.createdAt < last(one) && one.createdAt < last(other)),
  );
}

/** Number of histories with each, of this many. */
export function sharesOf(all: readonly Features[]): Readonly<Record<string, number>> {
  const share = (name: string): number => all.filter((features) => features[name]).length / Math.max(1, all.length);
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((name) => [name, share(name)]));
}
