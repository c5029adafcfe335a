import type { Budget, Clock } from '#access/clock';

/** Waits for what is not listed yet, in milliseconds: GitHub does not say how soon it is. */
const waitsMs = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Looks again until GitHub shows something; `null` where it still shows nothing after the last wait. */
export async function untilShown<T>(look: () => Promise<T | null>, clock: Clock, budget: Budget): Promise<T | null> {
  for (const waitMs of waitsMs) {
    const found = await look();
    if (found !== null) return found;
    await clock.sleep(waitMs, budget.signal);
  }
  return look();
}
