import { createProtocol, type Protocol } from '#access/leases/protocol/protocol';
import { abandoned, abandonPhases } from './abandon.ts';
import type { Answer, Ask } from './asks.ts';
import type { Holder, HolderOutcome } from './holder.ts';
import { joinPhases } from './join.ts';
import { keepPhases } from './keep.ts';
import { releasePhases } from './release.ts';

/** Takes a lease and releases it. */
export const holderProtocol: Protocol<Holder, Ask, Answer, HolderOutcome> = createProtocol({
  ...joinPhases,
  ...keepPhases,
  ...abandonPhases,
  ...releasePhases,
});

/**
 * What the post step knows of a holder whose main step came as far as its runner state says: where that was cut off, a
 * request of it may still be under way.
 *
 * @param mono now, in milliseconds on the monotonic clock
 */
export function resumed(it: Holder, mono: number): { readonly phase: string; readonly memory: Holder } {
  if (it.progress === 'held') return { phase: 'release', memory: { ...it, armed: true } };
  return abandoned({ ...it, unsure: true }, 'abandoned', mono);
}
