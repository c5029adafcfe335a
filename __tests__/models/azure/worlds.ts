import { naming, type NamedWorld } from '../named-world.ts';
import type { Faults, Member, Options } from './world.ts';

/** Differences of a world from the plainest one. */
export interface Setting {
  readonly ends?: readonly number[];
  readonly others?: readonly Member['role'][];
  readonly faults?: Partial<Faults>;
  readonly permanent?: boolean;
  readonly github?: Options['github'];
  readonly durations?: Partial<Options['durations']>;
  readonly lag?: number;
}

const shortest = { fresh: 0, flight: 1, readLag: 1, settle: 4 } as const;

/** A world whose last act is a sweep, when all have gone and all ends have passed. */
export function world({
  ends = [1, 2],
  others = [],
  faults = {},
  permanent = false,
  github = 'at times',
  durations,
  lag,
}: Setting): Options {
  const holders = ends.map((end, index): Member => ({ role: 'holder', name: 'abcd'[index] ?? '', end }));
  const rest = others.map((role, index): Member => ({ role, name: `${role}${index === 0 ? '' : index + 1}`, end: 0 }));
  return {
    cast: [...holders, ...rest, { role: 'last-sweep', name: 'last', end: 0 }],
    faults: { crash: 0, kill: 0, lost: 0, limit: 0, ...faults },
    permanent,
    github,
    durations: { ...shortest, ...durations },
    lag: lag ?? durations?.readLag ?? shortest.readLag,
  };
}

const { short, long } = naming(world);

export const worlds: readonly NamedWorld<Options>[] = [
  short('one holder, everything goes wrong', { ends: [1], faults: { crash: 1, kill: 1, lost: 2 } }),
  short('one holder: the time limit', { ends: [1], faults: { kill: 1, lost: 1, limit: 1 } }),
  short('one holder, reads lag too long: the time limit', {
    ends: [1],
    faults: { crash: 1, kill: 1, lost: 1, limit: 1 },
    lag: 6,
  }),
  short('one holder, permanent access', { ends: [1], permanent: true, faults: { crash: 1, lost: 1 } }),
  short('one holder and sweep', { ends: [1], others: ['sweep'], faults: { crash: 1, kill: 1, lost: 1 } }),
  short('one holder and a permanent assign', { ends: [1], others: ['permanent'], faults: { kill: 1 } }),
  short('one holder and a revocation', { ends: [1], others: ['revoke'], faults: { kill: 1 } }),
  short('two holders', {}),
  short('two holders: GitHub answers', { github: 'always' }),
  short('two holders, equal ends', { ends: [1, 1] }),
  short('two holders: crash', { faults: { crash: 1 } }),
  short('two holders: crash, GitHub is silent', { faults: { crash: 1 }, github: 'never' }),
  short('two holders: lost answer', { faults: { lost: 1 } }),
  long('two holders: the time limit', { faults: { limit: 1 } }),
  long('two holders: a killed main step', { faults: { kill: 1 } }),
  long('two holders and sweep', { others: ['sweep'] }),
  long('two holders and sweep: crash', { others: ['sweep'], faults: { crash: 1 } }),
  long('two holders: 2 crashes, 2 lost answers', { faults: { crash: 2, lost: 2 } }),
  long('two holders and a permanent assign', { others: ['permanent'] }),
  long('two holders and a revocation', { others: ['revoke'] }),
  long('one holder, a permanent assign and sweep', { ends: [1], others: ['permanent', 'sweep'] }),
  long('two holders and two sweeps', { others: ['sweep', 'sweep'] }),
  long('three holders', { ends: [1, 2, 3] }),
  long('three holders: GitHub answers', { ends: [1, 2, 3], github: 'always' }),
];
