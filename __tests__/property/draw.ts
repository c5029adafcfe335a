/** Seeded randomness: the same seed draws the same things, on every machine. */
export interface Draw {
  /** A whole number from 0 up to, and without, `below`. */
  int(below: number): number;
  /** True in this many of a hundred cases. */
  percent(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Between `from` and `to` things, both included. */
  times<T>(from: number, to: number, make: (index: number) => T): T[];
  shuffled<T>(list: readonly T[]): T[];
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  digits(length: number): string;
  guid(): string;
}

/** mulberry32 */
export function createDraw(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const some = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet[int(alphabet.length)] ?? '').join('');
  const hex = (length: number): string => some(length, '0123456789abcdef');
  return {
    int,
    percent: (share) => next() * 100 < share,
    pick: (list) => {
      const index = int(list.length);
      if (list.length === 0) throw new Error('There is nothing to pick from.');
      return list[index] as (typeof list)[number];
    },
    times: (from, to, make) => Array.from({ length: from + int(to - from + 1) }, (_, index) => make(index)),
    shuffled: (list) =>
      list
        .map((item) => ({ item, key: next() }))
        .sort((one, other) => one.key - other.key)
        .map(({ item }) => item),
    hex,
    digits: (length) => some(length, '0123456789'),
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  };
}

/** Number of seeds; `PROPERTY_FROM=1000` in the environment tries others than those of every day. */
export function seeds(count: number): readonly number[] {
  const from = Number(process.env['PROPERTY_FROM'] ?? 0);
  return Array.from({ length: count }, (_, index) => from + index);
}
