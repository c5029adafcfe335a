import type { ProcessRun, Purpose } from './chronicle.ts';
import { launch } from './launch.ts';
import { minute, type SweepRun, type Trouble } from './plan.ts';
import { newRun } from './runs.ts';
import { allOf, note, type HistoryContext } from './context.ts';

export async function playSweep(context: HistoryContext, { name, trouble, skewMs }: SweepRun): Promise<void> {
  await sweep(context, name, 'sweep', trouble, skewMs);
}

function sweep(
  context: HistoryContext,
  name: string,
  purpose: Purpose,
  trouble: Trouble | null,
  skewMs: number,
): Promise<ProcessRun> {
  const inputs = { ...context.side.inputs.sweep(context), operation: 'sweep' };
  return launch(context, newRun(context, name), purpose, allOf(context), trouble, { inputs, skewMs });
}

/** The end of a history: all jobs have gone, the time runs out, and one sweep runs. */
export async function finish(context: HistoryContext): Promise<void> {
  const { world, history, side, watch } = context;
  watch.look();
  if (history.surroundings.clock === 'real') return;
  if (history.surroundings.lastSweep === 'after-jobs') {
    await world.advance(16 * minute);
    note(context, 'a quarter of an hour later');
  } else {
    // A request of a killed process can still be on its way, with a later end than those known now.
    await world.clock.sleep(minute);
    await world.advance(Math.max(0, side.lastEnd(context) - world.now()));
    note(context, 'all ends have passed');
  }
  watch.look();
  if (!side.hasRecords(context)) return;
  const last = await sweep(context, 'Z', 'last-sweep', null, 0);
  watch.look();
  const suspects = allOf(context).filter((grant) => isSuspect(last, grant) && !watch.notOurs.has(grant));
  if (suspects.length === 0) return;
  const inputs = { ...side.inputs.grants(context, suspects), operation: 'revoke' };
  await launch(context, newRun(context, 'Y'), 'revoke', suspects, null, { inputs });
  watch.look();
}

/** A person must decide. */
function isSuspect({ reported }: ProcessRun, grant: number): boolean {
  return reported[grant]?.reason.includes('Nothing proves') === true;
}
