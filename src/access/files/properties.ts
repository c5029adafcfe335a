import type { Existing } from './port.ts';
import { propertiesOf, type Wanted } from './wanted.ts';

/** True if an assignment has the properties of its row. A row without a description says nothing about it. */
export function sameProperties(wanted: Pick<Wanted, 'grant'>, { properties }: Pick<Existing, 'properties'>): boolean {
  const { condition, description } = propertiesOf(wanted);
  return condition === properties.condition && (description === null || description === properties.description);
}
