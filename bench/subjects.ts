import type { Step } from '../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../rehearsal/world.ts';
import { azureByIds, byIds } from './inputs.ts';

/** One cloud, whose grant is made and taken away again in every round. */
export interface Subject {
  readonly name: string;
  readonly options: WorldOptions;
  readonly inputs: (world: World) => Step['inputs'];
  readonly undo: (world: World) => void;
}

export const subjects: readonly Subject[] = [
  {
    name: 'AWS',
    options: { clock: 'real', operations: { durationMs: 0 } },
    inputs: (): Step['inputs'] => byIds,
    undo: ({ estate }: World): void => {
      for (const assignment of estate.assignments())
        if (assignment.permissionSetArn === byIds.role) estate.remove(assignment);
    },
  },
  {
    name: 'Azure',
    options: { clock: 'real', clouds: ['azure'] },
    inputs: ({ azure }: World): Step['inputs'] => ({ ...azure.inputs, ...azureByIds }),
    undo: ({ azure }: World): void => {
      const { target: scope, role } = azureByIds;
      azure.estate.remove({ scope, role, principalId: azureByIds.principal.replace('group:', '') });
    },
  },
];
