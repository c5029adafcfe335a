import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { RequestMatch } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import type { Moment, Trouble } from './plan.ts';

/** Parts of a step that a fault needs. */
export type Troubled = Pick<Step, 'signals' | 'cancel' | 'pauses'>;

/**
 * Scripts a fault for the process that is about to start.
 * @param isOurs true if a request is the process's
 * @param onFault called at its moment
 */
export function prepare(
  world: World,
  trouble: Trouble | null,
  isOurs: (entry: JournalEntry) => boolean,
  onFault: () => void,
): Troubled {
  if (trouble === null) return {};
  const { at } = trouble;
  const match = (): RequestMatch => matching(at, isOurs);
  world.script.onRequest({ ...match(), times: 1 }, onFault);
  switch (trouble.kind) {
    case 'signal':
      if (trouble.fate !== null) world.script.fault(match(), trouble.fate);
      if (trouble.lateMs > 0) arriveLate(world, match(), trouble.lateMs);
      return { signals: [{ when: match(), signal: trouble.signal }] };
    case 'cancel':
      return { cancel: match() };
    case 'stop':
      return { pauses: [{ when: match(), forMs: trouble.forMs }] };
    case 'fault':
      world.script.fault(match(), trouble.effect);
      return {};
    case 'late':
      arriveLate(world, match(), trouble.lateMs);
      return {};
  }
}

/** Matches the moment's request and no other. */
function matching({ operation, nth }: Moment, isOurs: (entry: JournalEntry) => boolean): RequestMatch {
  let seen = 0;
  return {
    where: (entry) => {
      if (!isOurs(entry) || (operation !== null && entry.operation !== operation)) return false;
      seen += 1;
      return seen === nth;
    },
  };
}

/** The request is on its way for this time, and no process stops the clock. */
function arriveLate({ script, clock }: World, match: RequestMatch, ms: number): void {
  script.onRequest(match, async () => {
    clock.stalled(1);
    await clock.sleep(ms);
    clock.stalled(-1);
  });
}
