import type { Estate } from '../estate.ts';
import type { Check } from '../journal.ts';
import type { Step } from '../runner/step.ts';

const TAG = { name: 'cloud-access-lease', value: 'allowed' };

/** The permission sets of a step's leases without the tag that the policies for leases require. */
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
  const which = names.length === 1 ? `${names[0] ?? ''} does` : `${names.join(', ')} do`;
  return `A rehearsal allows everything. The policies for leases in docs/policies allow only permission sets with the tag ${TAG.name}: ${TAG.value}. In this estate ${which} not have it: with those policies the step would fail.`;
}
