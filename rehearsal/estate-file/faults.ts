import { estateSchema, type Estate } from '../estate.ts';
import { isMapping } from '../shape.ts';
import { awsRelations } from './aws-relations.ts';
import { azureRelations } from './azure-relations.ts';
import { relationFaults } from './relation.ts';
import { shapeFaults, type Fault } from './shape-faults.ts';

/** All faults of an estate that has everything it needs, in the order of its sections. */
export function faultsOf(estate: unknown): readonly Fault[] {
  if (!isMapping(estate) || Object.keys(estate).length === 0)
    return [{ path: [], says: `no sections are here; there are: ${Object.keys(estateSchema.shape).join(', ')}` }];
  const found = shapeFaults(estateSchema, estate);
  const isBroken = (part: string): boolean =>
    found.some(({ path }) => {
      const at = path.join('.');
      return `${at}.`.startsWith(`${part}.`) || `${part}.`.startsWith(`${at}.`);
    });
  const related = [...awsRelations, ...azureRelations].filter(({ at, reads }) =>
    [...at, ...reads].every((it) => !isBroken(it.replace(/\.\*.*$/u, ''))),
  );
  return [...found, ...related.flatMap((it) => relationFaults(it, estate as unknown as Estate))];
}
