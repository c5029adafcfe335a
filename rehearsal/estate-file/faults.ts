import type { Estate } from '../estate.ts';
import { isMapping, type Fault, type Rule } from '../shape.ts';
import { awsRelations, awsRules } from './aws-rules.ts';
import { azureRelations, azureRule } from './azure-rules.ts';

const rules: Readonly<Record<keyof Estate, Rule>> = { ...awsRules, azure: azureRule };
const needed = ['instances', 'identityProvider', 'repository', 'users', 'groups', 'permissionSets'] as const;

const sections: readonly string[] = Object.keys(rules);

/** All that is wrong with an estate that has everything it needs, in the order of its sections. */
export function faultsOf(estate: unknown): readonly Fault[] {
  if (!isMapping(estate) || Object.keys(estate).length === 0)
    return [{ path: [], says: `no sections are here; there are: ${sections.join(', ')}` }];
  const found = [
    ...Object.keys(estate)
      .filter((name) => !sections.includes(name))
      .map((name) => ({ path: [name], says: `"${name}" is no section; there are: ${sections.join(', ')}` })),
    ...needed
      .filter((name) => estate[name] === undefined)
      .map((name) => ({ path: [], says: `the section "${name}" is missing` })),
    ...Object.entries(rules).flatMap(([name, rule]) => {
      const value = estate[name];
      return value === undefined ? [] : rule(value, [name]);
    }),
  ];
  const isBroken = (part: string): boolean =>
    found.some(({ path }) => {
      const at = path.join('.');
      return at === '' || `${at}.`.startsWith(`${part}.`) || part.startsWith(`${at}.`);
    });
  const related = [...awsRelations, ...azureRelations].filter(({ of }) => !of.some(isBroken));
  return [...found, ...related.flatMap(({ faults }) => faults(estate as unknown as Estate))];
}
