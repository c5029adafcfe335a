import { chance } from '../../../rehearsal/random.ts';
import { storm } from '../../../rehearsal/storm.ts';
import type { World } from '../../../rehearsal/world.ts';
import { entriesIn, type ShownEntry } from '../../scenario/azure-records.ts';
import { minute } from '../plan.ts';
import type { CloudSide } from '../side.ts';
import { allOf, type Stage } from '../stage.ts';
import { azureFindings } from './check.ts';
import { grantAt, onCallInProd } from './names.ts';
import { requestNotes, storyOf } from './record.ts';
import { azureOf } from './surroundings.ts';
import { holderActor, watchAzure } from './watch.ts';

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
    stretchWires(world, history.number, azureOf(history).wireMs);
    return Promise.resolve();
  },
  storms({ world, history: { number, surroundings } }) {
    return surroundings.storm === null
      ? []
      : [storm(world, { seed: number, services: ['arm'], ...surroundings.storm })];
  },
  sign: ({ runId }) => ({ env: {}, isOurs: (entry) => entry.runId === runId }),
  roleId: (grant) => grantAt(grant).role,
  inputs: {
    grants: (stage, grants) => ({
      ...signIn(stage),
      ...onCallInProd,
      role: grants.map((index) => grantAt(index).role).join('\n'),
    }),
    byId(stage) {
      const given = Object.entries(signIn(stage));
      return Object.fromEntries(given.filter(([name]) => name !== 'azure-subscription-id'));
    },
    sweep: signIn,
  },
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

function signIn({ world }: Pick<Stage, 'world'>): Readonly<Record<string, string>> {
  return { cloud: 'azure', ...world.azure.inputs };
}

function entriesOf({ world }: Pick<Stage, 'world'>, grant: number): readonly ShownEntry[] {
  return entriesIn(world.azure.estate.find(grantAt(grant))?.description ?? '') ?? [];
}

/** Every request about role assignments arrives, and is answered, a while later: that is when others come between. */
function stretchWires({ script, clock }: World, seed: number, mostMs: number): void {
  if (mostMs === 0) return;
  const isMeant = ({ operation }: { readonly operation: string }): boolean => operation.startsWith('roleAssignments.');
  script.onRequest({ where: isMeant }, async ({ index }) => {
    clock.stalled(1);
    await clock.sleep(Math.round(chance(seed, 'there', index) * mostMs));
    clock.stalled(-1);
  });
  script.weather((entry) =>
    isMeant(entry) ? { kind: 'delay', ms: Math.round(chance(seed, 'back', entry.index) * mostMs) } : undefined,
  );
}
