import type { ProcessRun, Purpose } from './chronicle.ts';
import { launch } from './launch.ts';
import { minute, type SweepRun, type Trouble } from './plan.ts';
import { newRun } from './runs.ts';
import { allOf, note, type Stage } from './stage.ts';

export async function playSweep(stage: Stage, { name, trouble, skewMs }: SweepRun): Promise<void> {
  await sweep(stage, name, 'sweep', trouble, skewMs);
}

function sweep(
  stage: Stage,
  name: string,
  purpose: Purpose,
  trouble: Trouble | null,
  skewMs: number,
): Promise<ProcessRun> {
  const inputs = { ...stage.side.inputs.sweep(stage), operation: 'sweep' };
  return launch(stage, newRun(stage, name), purpose, allOf(stage), trouble, { inputs, skewMs });
}

/** Everybody has gone: the time runs out, and one sweep comes. */
export async function finish(stage: Stage): Promise<void> {
  const { world, history, side, watch } = stage;
  watch.look();
  if (history.surroundings.clock === 'real') return;
  if (history.surroundings.lastSweep === 'after-jobs') {
    await world.advance(16 * minute);
    note(stage, 'a quarter of an hour later');
  } else {
    // What a killed process has sent may still be on its way, and bring an end of its own that is later than those known now.
    await world.clock.sleep(minute);
    await world.advance(Math.max(0, side.lastEnd(stage) - world.now()));
    note(stage, 'all ends have passed');
  }
  watch.look();
  if (!side.hasRecords(stage)) return;
  const last = await sweep(stage, 'Z', 'last-sweep', null, 0);
  watch.look();
  const suspects = allOf(stage).filter((grant) => isSuspect(last, grant) && !watch.notOurs.has(grant));
  if (suspects.length === 0) return;
  const inputs = { ...side.inputs.grants(stage, suspects), operation: 'revoke' };
  await launch(stage, newRun(stage, 'Y'), 'revoke', suspects, null, { inputs });
  watch.look();
}

/** A person has to decide. */
function isSuspect({ reported }: ProcessRun, grant: number): boolean {
  return reported[grant]?.reason.includes('nothing proves') === true;
}
