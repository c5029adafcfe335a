import { awsSide } from './aws/side.ts';
import { azureSide } from './azure/side.ts';
import type { CloudName, History } from './plan.ts';
import type { CloudSide } from './side.ts';

const sides: Readonly<Record<CloudName, CloudSide>> = { aws: awsSide, azure: azureSide };

export function sideOf({ surroundings }: Pick<History, 'surroundings'>): CloudSide {
  return sides[surroundings.cloud];
}
