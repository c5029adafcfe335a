import type { AwsSurroundings, History } from '../plan.ts';

export function awsOf({ surroundings }: Pick<History, 'surroundings'>): AwsSurroundings {
  if (surroundings.of !== 'aws') throw new Error('This history does not happen on AWS.');
  return surroundings;
}
