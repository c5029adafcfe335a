import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { assignRows } from './assign.ts';
import { showInventory } from './inventory.ts';
import type { AccessPort } from './port.ts';
import { reconcile } from './reconcile.ts';
import type { FileRequest, InventoryRequest } from './request.ts';
import { revokeExpired } from './revoke.ts';

/** Carries out a request of access files, or shows what exists. */
export async function runFiles(request: FileRequest | InventoryRequest, tools: RunTools): Promise<Run> {
  const access = await openAccess(tools);
  switch (request.operation) {
    case 'assign':
      return assignRows(request, access, tools);
    case 'revoke':
      return revokeExpired(request, access, tools);
    case 'reconcile':
      return reconcile(request, access, tools);
    case 'inventory':
      return showInventory(request, access, tools);
  }
}

function openAccess({ cloud }: RunTools): Promise<AccessPort> {
  if (cloud.openAccess === undefined) throw new TypeError(`${cloud.words.cloud} has no access files`);
  return cloud.openAccess();
}
