import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import type { AccessPort } from './port.ts';
import type { InventoryRequest } from './request.ts';

/** Shows what exists. */
export function showInventory(request: InventoryRequest, _access: AccessPort, { cloud }: RunTools): Promise<Run> {
  throw new TypeError(`${request.operation} is not built for ${cloud.words.cloud}`);
}
