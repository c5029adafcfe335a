import type { AccessPort, Selection } from '#access/files/port';
import type { Places } from '../resolve/places.ts';
import type { AzureSession } from '../session.ts';
import { list } from './list.ts';
import { openLastOwners } from './last-owners.ts';
import { openLookups, type Around } from './lookups.ts';
import { protections } from './protections.ts';
import { recheck } from './recheck.ts';
import { openRoleFacts } from './role-facts.ts';
import { resolveRows } from './rows.ts';
import { select, type AzureSelection } from './selections.ts';

/** Access files and inventories on Azure. */
export function openAccessPort(session: AzureSession, places: Places): AccessPort {
  const around: Around = { session, places, lookups: openLookups(session, places) };
  const roles = openRoleFacts(session);
  const lastOwners = openLastOwners(session);
  return {
    resolveRows: (rows, budget) => resolveRows(around, rows, budget),
    select: (selecting, budget) => select(around, selecting, budget),
    list: (selections, need, budget) => list(around, roles, selections.map(ownSelection), need, budget),
    protections: (existing, remover, budget) => protections(session, { roles, lastOwners }, existing, remover, budget),
    recheck: (existing, budget) => recheck(session, lastOwners, existing, budget),
  };
}

function ownSelection(selection: Selection): AzureSelection {
  if ('coversWho' in selection) return selection as AzureSelection;
  throw new TypeError('a selection is a result of select');
}
