import { fileURLToPath } from 'node:url';

import type { Estate } from '../estate.ts';
import { faultsOf } from './faults.ts';
import { readYaml, toldFaults, Unusable } from './yaml.ts';

const defaultPath = fileURLToPath(new URL('../estate.yml', import.meta.url));

/**
 * Reads an estate from a file, by default the rehearsal's own; every call returns a fresh copy to change. Throws
 * Unusable with all faults.
 *
 * @param complete adds the parts that the file leaves out
 */
export function loadEstate(path: string = defaultPath, complete: (own: unknown) => unknown = (own) => own): Estate {
  const estate = complete(readYaml(path));
  const faults = faultsOf(estate);
  if (faults.length > 0) throw new Unusable(toldFaults(path, faults));
  return rootFirst(estate as Estate);
}

function rootFirst({ azure, ...estate }: Estate): Estate {
  if (azure === undefined) return estate;
  const isRoot = ({ id }: { readonly id: string }): boolean => id === azure.tenant.id;
  const { managementGroups: all } = azure;
  const managementGroups = [...all.filter(isRoot), ...all.filter((it) => !isRoot(it))];
  return { ...estate, azure: { ...azure, managementGroups } };
}
