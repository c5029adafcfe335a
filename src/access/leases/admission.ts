import type { Refusal } from '../errors.ts';

/** Who is about to end leases. */
export interface Ender {
  /** Who took them, `null` where nobody said. */
  readonly takenBy: string | null;
  /** Whether the sign-in is made anew: then it is that of who took them. */
  readonly isAnew: boolean;
  readonly caller: () => Promise<string>;
  readonly otherCaller: (was: string, is: string) => Refusal;
}

/** Whoever ends leases has to be who took them: another's answers would say nothing of them. */
export async function admit({ takenBy, isAnew, caller, otherCaller }: Ender): Promise<void> {
  if (takenBy === null || isAnew) return;
  const is = await caller();
  if (is !== takenBy) throw otherCaller(takenBy, is);
}
