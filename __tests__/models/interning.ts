/** Numbers for values: equal ones have the same number, and are the same object from then on. */
export interface Interning {
  readonly numberOf: (value: object | null) => number;
  readonly at: (number: number) => unknown;
}

/** Plain data only: values are compared by their texts, each object once. */
export function createInterning(): Interning {
  const values: (object | null)[] = [null];
  const byText = new Map<string, number>();
  const known = new WeakMap<object, number>();
  return {
    numberOf(value) {
      if (value === null) return 0;
      const seen = known.get(value);
      if (seen !== undefined) return seen;
      const text = JSON.stringify(value);
      const number = byText.get(text) ?? values.push(value) - 1;
      byText.set(text, number);
      known.set(value, number);
      return number;
    },
    at: (number) => values[number],
  };
}
