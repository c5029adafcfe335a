import { awsSide } from './aws/side.ts';
import { azureSide } from './azure/side.ts';
import { pimSide } from './pim/side.ts';
import type { History, SideName } from './plan.ts';
import type { CloudSide } from './side.ts';

const sides: Readonly<Record<SideName, CloudSide>> = { aws: awsSide, azure: azureSide, pim: pimSide };

export function sideOf({ surroundings }: Pick<History, 'surroundings'>): CloudSide {
  return sides[surroundings.of];
}
