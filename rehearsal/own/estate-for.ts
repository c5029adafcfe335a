import { loadEstate, type Estate } from '../estate.ts';
import type { AzureEstate } from '../azure/estate.ts';
import { Misuse } from './options.ts';

/** The estate of a rehearsal of one's own, in which whoever signs in on Azure is known. Throws Misuse. */
export function estateFor(path: string | null, inputs: Readonly<Record<string, string>>): Estate {
  const estate = load(path);
  const clientId = (inputs['azure-client-id'] ?? '').toLowerCase();
  return estate.azure === undefined || clientId === '' ? estate : { ...estate, azure: knowing(estate.azure, clientId) };
}

function load(path: string | null): Estate {
  try {
    return path === null ? loadEstate() : loadEstate(path, loadEstate());
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
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
