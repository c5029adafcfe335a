import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import type { FileRequest, InventoryRequest } from './request.ts';

/** Carries out a request of access files, or shows what exists. */
export function runFiles(request: FileRequest | InventoryRequest, { cloud }: RunTools): Promise<Run> {
  throw new TypeError(`${request.operation} is not built for ${cloud.words.cloud}`);
}
