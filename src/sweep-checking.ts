import { budgetWith, readingBudget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Guarantee } from '#access/outcome';
import type { Repository } from './action/github/repository.ts';
import { checkRanGreen } from './action/github/sweep-workflow.ts';
import type { SweepInputs } from './action/inputs/sweep-inputs.ts';
import { log } from './action/log.ts';
import { nothingGranted, notNeeded } from './action/messages/sweep-workflow.ts';
import { machine } from './step-tools.ts';

/** A step that looks for a recent sweep before it takes leases. */
export interface LookingForSweeps {
  readonly repository: () => Promise<Repository>;
  readonly signal: AbortSignal;
  /** Guarantee of the end of its leases; `null` where the cloud has none. */
  readonly guarantee: Guarantee | null;
}

/** Time limit where the leases end without sweeps, in milliseconds: then the answer is welcome and not needed. */
const welcomeMs = 20_000;

/**
 * Requires a recent green run of the sweep's workflow where only sweeps end the leases (`guarantee` is `sweep`): throws a
 * `Refusal` without one. Elsewhere it returns a notice.
 */
export async function sweepNotices(sweeps: SweepInputs, step: LookingForSweeps): Promise<readonly string[]> {
  const { repository, signal, guarantee } = step;
  const isNeeded = guarantee === 'sweep';
  const end = machine.clock.now() + welcomeMs;
  const whole = readingBudget(machine.clock, signal);
  const budget = isNeeded ? whole : budgetWith(whole, {}, () => end);
  try {
    await checkRanGreen(sweeps, await repository(), budget);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (isNeeded) throw new Refusal(nothingGranted(error.message), error.hint, error.details);
    const notice = notNeeded(error.message);
    log.notice(notice);
    return [notice];
  }
}
