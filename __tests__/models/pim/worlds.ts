import { naming, type NamedWorld } from '../named-world.ts';
import type { Faults, Member, Options } from './world.ts';

/** Differences of a world from the plainest one. */
export interface Setting {
  readonly ends?: readonly number[];
  readonly others?: readonly Member['role'][];
  readonly faults?: Partial<Faults>;
  readonly foreign?: Options['foreign'];
  readonly rigid?: boolean;
}

const shortest = { fresh: 0, flight: 1, readLag: 1, settle: 4 } as const;

export function world({ ends = [1, 2], others = [], faults = {}, foreign = null, rigid = false }: Setting): Options {
  const holders = ends.map((end, index): Member => ({ role: 'holder', name: 'abcd'[index] ?? '', end }));
  const rest = others.map((role, index): Member => ({ role, name: `${role}${index === 0 ? '' : index + 1}`, end: 0 }));
  return {
    cast: [...holders, ...rest],
    faults: { crash: 0, kill: 0, lost: 0, slow: 0, denied: 0, ...faults },
    foreign,
    rigid,
    durations: shortest,
  };
}

const { short, long } = naming(world);

export const worlds: readonly NamedWorld<Options>[] = [
  short('one holder, everything goes wrong', { ends: [1], faults: { crash: 1, kill: 1, lost: 2, slow: 1, denied: 1 } }),
  short('one holder, permanent access', { ends: [1], foreign: 'permanent', faults: { crash: 1, lost: 1 } }),
  short('one holder, access of others that ends sooner', { ends: [2], foreign: 1, faults: { kill: 1, lost: 1 } }),
  short('one holder, access of others that ends later', { ends: [1], foreign: 2, faults: { kill: 1, lost: 1 } }),
  short('one holder and a revocation', { ends: [1], others: ['revoke'] }),
  long('two holders', {}),
  short('two holders, equal ends', { ends: [1, 1] }),
  long('two holders: crash', { faults: { crash: 1 } }),
  long('two holders: a killed main step', { faults: { kill: 1 } }),
  long('two holders: lost answer', { faults: { lost: 1 } }),
  long('two holders: slow request', { faults: { slow: 1 } }),
  long('two holders: denied request', { faults: { denied: 1 } }),
  short('two holders, ends may not be moved', { rigid: true }),
  short('two holders, access of others between', { ends: [1, 3], foreign: 2 }),
];
