import type { AzureSurroundings, History } from '../plan.ts';

export function azureOf({ surroundings }: Pick<History, 'surroundings'>): AzureSurroundings {
  if (surroundings.cloud !== 'azure') throw new Error('This history does not happen on Azure.');
  return surroundings;
}
