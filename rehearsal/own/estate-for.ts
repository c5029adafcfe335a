import type { AzureEstate } from '../azure/estate.ts';
import { faultsOf } from '../estate-file/faults.ts';
import { loadEstate } from '../estate-file/load.ts';
import type { Estate } from '../estate.ts';
import { Unusable } from '../estate-file/yaml.ts';
import { SMALL_GUID } from '../guid.ts';
import { fill } from './fill.ts';
import { Misuse } from './options.ts';

/** The estate of a rehearsal of one's own, in which the identity that signs in on Azure exists. Throws Misuse. */
export function estateFor(path: string | null, inputs: Readonly<Record<string, string>>): Estate {
  const estate = load(path);
  const clientId = (inputs['azure-client-id'] ?? '').toLowerCase();
  return estate.azure === undefined || !SMALL_GUID.test(clientId)
    ? estate
    : { ...estate, azure: knowing(estate.azure, clientId) };
}

function load(path: string | null): Estate {
  try {
    return path === null ? loadEstate() : ownEstate(path);
  } catch (error) {
    throw error instanceof Unusable ? new Misuse(error.message) : error;
  }
}

/** A person's own, the rest from the sample; of its assignments those with existing parts. */
function ownEstate(path: string): Estate {
  const { assignments = [], azure: given, ...sample } = loadEstate();
  if (given === undefined) throw new Error('estate.yml has no Azure to begin with.');
  const { assignments: ofAzure = [], ...tenant } = given;
  const own = loadEstate(path, (sections) => fill(sections, { ...sample, azure: tenant }));
  return withoutBroken({
    ...own,
    assignments: own.assignments ?? assignments,
    ...(own.azure === undefined ? {} : { azure: { ...own.azure, assignments: own.azure.assignments ?? ofAzure } }),
  });
}

function withoutBroken(estate: Estate): Estate {
  const { assignments = [], azure } = estate;
  const broken = faultsOf(estate).map(({ path }) => path.join('.'));
  const standing = <T>(list: readonly T[], at: string): readonly T[] =>
    list.filter((_, index) => !broken.some((path) => `${path}.`.startsWith(`${at}.${index}.`)));
  return {
    ...estate,
    assignments: standing(assignments, 'assignments'),
    ...(azure === undefined
      ? {}
      : { azure: { ...azure, assignments: standing(azure.assignments ?? [], 'azure.assignments') } }),
  };
}

function knowing(azure: AzureEstate, clientId: string): AzureEstate {
  const isKnown = azure.servicePrincipals.some(({ appId }) => appId === clientId);
  const made = {
    id: clientId.replace(/^.{8}/u, '5e000000'),
    appId: clientId,
    displayName: 'signed-in identity',
    servicePrincipalType: 'Application',
  } as const;
  const servicePrincipals = isKnown ? azure.servicePrincipals : [...azure.servicePrincipals, made];
  return { ...azure, broker: clientId, servicePrincipals };
}
