import { entriesIn, type ShownEntry } from '../../scenario/azure-records.ts';
import { minute } from '../plan.ts';
import type { CloudSide } from '../side.ts';
import { allOf, type Stage } from '../stage.ts';
import { inputsWith, signedByRun, stormOnArm, stretchWires } from './arm.ts';
import { azureFindings } from './check.ts';
import { holderActor } from './holders.ts';
import { grantAt } from './names.ts';
import { requestNotes, storyOf } from './record.ts';
import { azureOf } from './surroundings.ts';
import { watchAzure } from './watch.ts';

/** Role assignments, whose descriptions name who holds them. */
export const azureSide: CloudSide = {
  world(history) {
    const { readLagMs, deleteLagMs } = azureOf(history);
    return { clouds: ['azure'], azure: { lag: { readMs: readLagMs, deleteMs: deleteLagMs } } };
  },
  watch: (world, { grants }) => watchAzure(world, grants),
  begin({ world, history, watch }) {
    for (const index of azureOf(history).permanent) {
      world.azure.estate.add(grantAt(index));
      watch.notOurs.add(index);
    }
    stretchWires(world, history.number, azureOf(history).wireMs, 'roleAssignments.');
    return Promise.resolve();
  },
  storms: stormOnArm,
  sign: signedByRun,
  roleId: (grant) => grantAt(grant).role,
  inputs: inputsWith({}),
  isBinding: () => true,
  saysItStays: ({ log }) => log.includes('left to'),
  asksForJobs: true,
  holders: (stage, grant) => entriesOf(stage, grant).map(({ holder, end }) => ({ actor: holderActor(holder), end })),
  // Where something is, Azure takes no second one; and what is made by hand has a name that nobody of us knows.
  grantByHand({ world }, grant) {
    if (world.azure.estate.has(grantAt(grant))) return null;
    world.azure.estate.add(grantAt(grant));
    return 'protected';
  },
  isFree: ({ world }, grant) => !world.azure.estate.has(grantAt(grant)),
  hasRecords: (stage) => allOf(stage).some((grant) => entriesOf(stage, grant).length > 0),
  lastEnd(stage) {
    const ends = allOf(stage).flatMap((grant) => entriesOf(stage, grant));
    return Math.max(stage.world.now(), ...ends.map(({ end }) => end)) + 2 * minute;
  },
  storyOf,
  requestNotes,
  findings: azureFindings,
  features: ({ runs, grants }) => ({
    ghost: grants.some(({ records }) => records.some(({ isGhost }) => isGhost)),
    permanentAssign: runs.some(({ purpose }) => purpose === 'permanent'),
    revoke: runs.some(({ purpose }) => purpose === 'revoke'),
  }),
};

function entriesOf({ world }: Pick<Stage, 'world'>, grant: number): readonly ShownEntry[] {
  return entriesIn(world.azure.estate.find(grantAt(grant))?.description ?? '') ?? [];
}
