import type { Estate } from '../estate.ts';
import type { Fault, Path } from '../shape.ts';

/** What parts of an estate say of each other, looked at where all of these have the right form. */
export interface Relation {
  /** `users`, `azure.users`. */
  readonly of: readonly string[];
  readonly faults: (estate: Estate) => readonly Fault[];
}

/** What a name stands for has to be one thing. */
export function one(kind: string, named: string, found: readonly unknown[], path: Path): readonly Fault[] {
  if (found.length === 1) return [];
  const says =
    found.length === 0
      ? `there is no ${kind} ${named} in this estate`
      : `${found.length} in this estate are called ${named}: write the id of the ${kind}`;
  return [{ path, says }];
}

export function twice(path: Path, value: string): Fault {
  return { path, says: `${value} is there twice` };
}
