import type { Refusal } from '../errors.ts';

/** The signed-in identity that is about to end leases. */
export interface Ender {
  /** The identity that took them, `null` if unknown. */
  readonly takenBy: string | null;
  /** True if this step signs in again: then it is the identity that took them. */
  readonly isAnew: boolean;
  readonly caller: () => Promise<string>;
  readonly otherCaller: (was: string, is: string) => Refusal;
}

/** Refuses an identity other than the one that took the leases: the cloud's answers to it would prove nothing about them. */
export async function admit({ takenBy, isAnew, caller, otherCaller }: Ender): Promise<void> {
  if (takenBy === null || isAnew) return;
  const is = await caller();
  if (is !== takenBy) throw otherCaller(takenBy, is);
}
