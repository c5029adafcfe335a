/** Things by name, and by the groups of lists. Nothing is ever removed. */
export interface Index<T> {
  get(name: string): T | undefined;
  /** The thing of a name; made, and put into its groups, when it is the first of that name. */
  of(name: string, groups: readonly string[], make: () => T): T;
  /** In the order of their making. */
  group(group: string): Iterable<T>;
}

export function makeIndex<T>(): Index<T> {
  const byName = new Map<string, T>();
  const byGroup = new Map<string, T[]>();
  return {
    get: (name) => byName.get(name),
    of: (name, groups, make) => {
      const known = byName.get(name);
      if (known !== undefined) return known;
      const made = make();
      byName.set(name, made);
      for (const group of groups) {
        const members = byGroup.get(group) ?? [];
        byGroup.set(group, members);
        members.push(made);
      }
      return made;
    },
    group: (group) => byGroup.get(group) ?? [],
  };
}
