import type { Budget } from './clock.ts';

/** Makes a value once, at the first call; after a failure, the next call tries again. */
export function remembered<T>(make: (budget: Budget) => Promise<T>): (budget: Budget) => Promise<T> {
  let made: Promise<T> | null = null;
  return (budget) => {
    made ??= make(budget).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** The same for each text, in any letter case. */
export function rememberedFor<T>(
  make: (of: string, budget: Budget) => Promise<T>,
): (of: string, budget: Budget) => Promise<T> {
  const made = new Map<string, (budget: Budget) => Promise<T>>();
  return (of, budget) => {
    const known = made.get(of.toLowerCase()) ?? remembered((it) => make(of, it));
    made.set(of.toLowerCase(), known);
    return known(budget);
  };
}
