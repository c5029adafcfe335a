import { mutations } from '../../mutations/mutations.ts';

/** A change of the source that breaks a promise on purpose. */
export interface Mutation {
  readonly name: string;
  readonly tag: string;
  readonly breaks: string;
  readonly cloud: 'aws' | 'azure' | 'both';
}

/** All that are kept, by name. */
export function readMutations(): readonly Mutation[] {
  return mutations
    .map(({ name, promise, breaks, cloud }) => ({ name, tag: promise, breaks, cloud }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
