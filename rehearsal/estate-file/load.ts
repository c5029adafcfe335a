import { fileURLToPath } from 'node:url';

import type { Estate } from '../estate.ts';
import { faultsOf } from './faults.ts';
import { readYaml, toldFaults, Unusable } from './yaml.ts';

const defaultPath = fileURLToPath(new URL('../estate.yml', import.meta.url));

/** The rehearsal's own estate as JSON. Reading and checking the file takes longer than starting all servers of a world. */
let sample: string | undefined;

/**
 * Reads an estate from a file, by default the rehearsal's own; every call returns a fresh copy to change. Throws
 * Unusable with all faults.
 *
 * @param complete adds the parts that the file leaves out
 */
export function loadEstate(path?: string, complete?: (own: unknown) => unknown): Estate {
  if (path !== undefined) return read(path, complete);
  sample ??= JSON.stringify(read(defaultPath));
  return JSON.parse(sample) as Estate;
}

function read(path: string, complete: (own: unknown) => unknown = (own) => own): Estate {
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
