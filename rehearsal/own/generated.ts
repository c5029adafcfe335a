import { hex } from '../random.ts';
import { isMapping, type Mapping } from '../shape.ts';

/* Ids that a person need not write: the same ones whenever the same names are written. */

export function guid(...about: readonly string[]): string {
  return hex(1, 32, ...about).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/u, '$1-$2-4$3-8$4-$5');
}

export function digits(count: number, ...about: readonly string[]): string {
  return String(BigInt(`0x${hex(1, 40, ...about)}`)).slice(0, count);
}

/**
 * The entries of a list with their missing parts. A value of a wrong form stays as it is.
 *
 * @param by what names an entry
 */
export function entries(value: unknown, by: string, defaults: (name: string, entry: Mapping) => object): unknown {
  if (!Array.isArray(value)) return value;
  const seen = new Map<string, number>();
  return (value as readonly unknown[]).map((entry) => {
    if (!isMapping(entry)) return entry;
    const name = String(entry[by]);
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { ...defaults(before === 0 ? name : `${name}\0${before}`, entry), ...entry };
  });
}

/** An empty value is not absent: the check reports it. */
export function ifAbsent(value: unknown, otherwise: unknown): unknown {
  return value === undefined ? otherwise : value;
}
