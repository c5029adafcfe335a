import { entriesIn, type ShownEntry } from '../../scenario/azure-records.ts';
import { minute } from '../plan.ts';
import type { CloudSide } from '../side.ts';
import { allOf, type HistoryContext } from '../context.ts';
import { inputsWith, signedByRun, stormOnArm, stretchWires } from './arm.ts';
import { azureFindings } from './check.ts';
import { holderActor } from './holders.ts';
import { grantAt } from './names.ts';
import { requestNotes, storyOf } from './record.ts';
import { azureOf } from './surroundings.ts';
import { watchAzure } from './watch.ts';

/** Role assignments, whose descriptions name their holders. */
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
  holders: (context, grant) =>
    entriesOf(context, grant).map(({ holder, end }) => ({ actor: holderActor(holder), end })),
  // Azure allows no second assignment of the same access; and one that is made by hand has a name that no step knows.
  grantByHand({ world }, grant) {
    if (world.azure.estate.has(grantAt(grant))) return null;
    world.azure.estate.add(grantAt(grant));
    return 'protected';
  },
  isFree: ({ world }, grant) => !world.azure.estate.has(grantAt(grant)),
  hasRecords: (context) => allOf(context).some((grant) => entriesOf(context, grant).length > 0),
  lastEnd(context) {
    const ends = allOf(context).flatMap((grant) => entriesOf(context, grant));
    return Math.max(context.world.now(), ...ends.map(({ end }) => end)) + 2 * minute;
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

function entriesOf({ world }: Pick<HistoryContext, 'world'>, grant: number): readonly ShownEntry[] {
  return entriesIn(world.azure.estate.find(grantAt(grant))?.description ?? '') ?? [];
}
