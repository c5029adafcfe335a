import type { AzureSurroundings, History } from '../plan.ts';

export function azureOf({ surroundings }: Pick<History, 'surroundings'>): AzureSurroundings {
  if (surroundings.of !== 'azure') throw new Error('This history is not about leases by description.');
  return surroundings;
}
