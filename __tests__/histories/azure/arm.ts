import { chance } from '../../../rehearsal/random.ts';
import { storm } from '../../../rehearsal/storm.ts';
import type { Step } from '../../../rehearsal/runner/step.ts';
import type { World } from '../../../rehearsal/world.ts';
import type { CloudSide } from '../side.ts';
import type { HistoryContext } from '../context.ts';
import { grantAt, onCallInProd } from './names.ts';

/** The inputs of every step on Azure, with more where it is about grants. */
export function inputsWith(more: Step['inputs']): CloudSide['inputs'] {
  return {
    grants: (context, grants) => ({
      ...signIn(context),
      ...onCallInProd,
      ...more,
      role: grants.map((index) => grantAt(index).role).join('\n'),
    }),
    byId(context) {
      const given = Object.entries(signIn(context));
      return Object.fromEntries(given.filter(([name]) => name !== 'azure-subscription-id'));
    },
    sweep: signIn,
  };
}

function signIn({ world }: Pick<HistoryContext, 'world'>): Readonly<Record<string, string>> {
  return { cloud: 'azure', ...world.azure.inputs };
}

/** A request does not name the run, but the token was issued for one. */
export const signedByRun: CloudSide['sign'] = ({ runId }) => ({ env: {}, isOurs: (entry) => entry.runId === runId });

export const stormOnArm: CloudSide['storms'] = ({ world, history: { number, surroundings } }) =>
  surroundings.storm === null ? [] : [storm(world, { seed: number, services: ['arm'], ...surroundings.storm })];

/** Every request whose operation begins so arrives, and gets its response, a while later: other jobs act meanwhile. */
export function stretchWires({ script, clock }: World, seed: number, mostMs: number, operations: string): void {
  if (mostMs === 0) return;
  const isMeant = ({ operation }: { readonly operation: string }): boolean => operation.startsWith(operations);
  script.onRequest({ where: isMeant }, async ({ index }) => {
    clock.stalled(1);
    await clock.sleep(Math.round(chance(seed, 'there', index) * mostMs));
    clock.stalled(-1);
  });
  script.weather((entry) =>
    isMeant(entry) ? { kind: 'delay', ms: Math.round(chance(seed, 'back', entry.index) * mostMs) } : undefined,
  );
}
