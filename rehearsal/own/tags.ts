import type { Estate } from '../estate.ts';
import type { Check } from '../journal.ts';
import type { Step } from '../runner/step.ts';

const TAG = { name: 'cloud-access-lease', value: 'allowed' };

/** The permission sets that a step leases, or ends leases of, and that have not the tag which the policies for leases ask for. */
export function untaggedIn(checks: readonly Check[], inputs: Step['inputs'], estate: Estate): readonly string[] {
  const { cloud, lifetime = 'none', operation = 'assign' } = inputs;
  if (cloud !== 'aws' || (operation === 'assign' && ['none', 'permanent'].includes(lifetime))) return [];
  if (!['assign', 'extend', 'release', 'sweep'].includes(operation)) return [];
  const changed = checks.filter(({ action }) => /^sso:(?:Create|Delete)AccountAssignment$/u.test(action));
  const on = new Set(changed.map(({ on: arn }) => arn));
  return estate.permissionSets
    .filter(({ id }) => [...on].some((arn) => arn.includes(':permissionSet/') && arn.endsWith(`/${id}`)))
    .filter(({ tags = {} }) => tags[TAG.name] !== TAG.value)
    .map(({ name }) => name);
}

export function tagNote(names: readonly string[]): string {
  const which = names.length === 1 ? `${names[0] ?? ''} has` : `${names.join(', ')} have`;
  return `Here everything is allowed. The policies for leases in docs/policies allow permission sets with the tag ${TAG.name}: ${TAG.value} only, which ${which} not in this estate: under them the step would be red.`;
}
