import { makeAgenda } from '../agenda.ts';
import { makeArmState } from '../azure/arm/state.ts';
import type { AzureEstate } from '../azure/estate.ts';
import { makePim } from '../azure/pim/pim.ts';
import { loadEstate, type Estate, type NamedAssignment } from '../estate.ts';
import { makeNames } from '../names.ts';
import { makeState } from '../state.ts';
import { Misuse } from './options.ts';

/** The estate of a rehearsal of one's own, in which whoever signs in on Azure is known. Throws Misuse. */
export function estateFor(path: string | null, inputs: Readonly<Record<string, string>>): Estate {
  const estate = load(path);
  const clientId = (inputs['azure-client-id'] ?? '').toLowerCase();
  return estate.azure === undefined || clientId === '' ? estate : { ...estate, azure: knowing(estate.azure, clientId) };
}

function load(path: string | null): Estate {
  try {
    return path === null ? loadEstate() : ownEstate(path);
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/** A person's own, the rest from the one that is there; assignments only as far as what they name is still there. */
function ownEstate(path: string): Estate {
  const { assignments = [], ...rest } = loadEstate();
  const own = loadEstate(path, rest);
  const estate = own.assignments === undefined ? { ...own, assignments: standing(own, assignments) } : own;
  checkNames(estate);
  return estate;
}

function standing(estate: Estate, assignments: readonly NamedAssignment[]): readonly NamedAssignment[] {
  const names = makeNames(makeState(estate));
  return assignments.filter((assignment) => {
    try {
      names.assignment(assignment);
      return true;
    } catch {
      return false;
    }
  });
}

/** Throws where something is called by a name that nothing has, or several things: a world would fall over it. */
function checkNames(estate: Estate): void {
  const names = makeNames(makeState(estate));
  for (const assignment of estate.assignments ?? []) names.assignment(assignment);
  for (const { permissionSet, account } of estate.provisioned ?? []) {
    names.permissionSet(permissionSet);
    names.account(account);
  }
  if (estate.azure === undefined) return;
  const agenda = makeAgenda(() => 0);
  makePim(estate.azure, agenda, makeArmState(estate.azure, agenda, {}), {});
}

function knowing(azure: AzureEstate, clientId: string): AzureEstate {
  const isKnown = azure.servicePrincipals.some(({ appId }) => appId === clientId);
  const made = {
    id: clientId.replace(/^.{8}/u, '5e000000'),
    appId: clientId,
    displayName: 'whoever signs in',
    servicePrincipalType: 'Application',
  } as const;
  const servicePrincipals = isKnown ? azure.servicePrincipals : [...azure.servicePrincipals, made];
  return { ...azure, broker: clientId, servicePrincipals };
}
