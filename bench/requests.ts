import { runStep, type StepResult } from '../rehearsal/runner/step.ts';
import { startWorld } from '../rehearsal/world.ts';
import { byIds, byNames } from './inputs.ts';
import { atMost, type Row } from './table.ts';

const scenes = [
  { what: 'assign, by ids, pinned', inputs: byIds, goal: 6 },
  { what: 'assign again (unchanged), by ids', inputs: byIds, goal: null },
  { what: 'revoke, by ids', inputs: { ...byIds, operation: 'revoke' }, goal: null },
  { what: 'assign, by names', inputs: byNames, goal: null },
  {
    what: 'provision, one account, by ARN',
    inputs: { ...byNames, principal: '', operation: 'provision', role: byIds.role, target: byIds.target },
    goal: null,
  },
] as const;

/** Requests of each operation, sign-in and verification included, polls counted apart. */
export async function measureRequests(): Promise<readonly Row[]> {
  const world = await startWorld({});
  const rows: Row[] = [];
  try {
    for (const { what, inputs, goal } of scenes) {
      const result = await runStep(world, { inputs });
      if (result.exitCode !== 0) throw new Error(`${what} failed:\n${result.log}`);
      const polls = pollsOf(result);
      rows.push(atMost(what, result.requests.length - polls, goal, ' requests', ` + ${polls} polls`));
    }
  } finally {
    await world.close();
  }
  return rows;
}

function pollsOf({ requests }: StepResult): number {
  return requests.filter(({ operation }) => /^Describe.*Status$/u.test(operation)).length;
}
