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

const aws: Subject = {
  name: 'AWS',
  options: { clock: 'real', aws: { operations: { durationMs: 0 } } },
  inputs: () => byIds,
  undo: ({ aws: { estate } }) => {
    for (const assignment of estate.assignments())
      if (assignment.permissionSetArn === byIds.role) estate.remove(assignment);
  },
};

const azure: Subject = {
  name: 'Azure',
  options: { clock: 'real', clouds: ['azure'] },
  inputs: ({ azure: { inputs } }) => ({ ...inputs, ...azureByIds }),
  undo: ({ azure: { estate } }) => {
    const { target: scope, role } = azureByIds;
    estate.remove({ scope, role, principalId: idOf(azureByIds) });
  },
};

export const subjects = { aws, azure } as const;

/** The id of the group that is granted something. */
export function idOf({ principal }: { readonly principal: string }): string {
  return principal.replace('group:', '');
}
