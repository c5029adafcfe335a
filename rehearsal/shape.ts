/* What a person's file may have in it, as rules that say what is wrong with it, and how it would be right. */

/** Where in a file: `groups`, 2, `id`. */
export type Path = readonly (string | number)[];

export interface Fault {
  readonly path: Path;
  readonly says: string;
}

/** All that is wrong with a value. */
export type Rule = (value: unknown, path: Path) => readonly Fault[];

type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of a form, which is said in words. */
export function text(example: string, form = /\S/u, words = 'text'): Rule {
  return (value, path) => {
    if (typeof value === 'string' && form.test(value)) return [];
    // An unquoted number loses its leading zeros.
    const what = typeof value === 'number' && !words.includes('quotes') ? `${words} in quotes` : words;
    return [{ path, says: wrong(value, what, example) }];
  };
}

export const flag: Rule = (value, path) =>
  typeof value === 'boolean' ? [] : [{ path, says: wrong(value, 'true or false', 'true') }];

export function oneOf(...texts: readonly string[]): Rule {
  return (value, path) =>
    texts.includes(value as string) ? [] : [{ path, says: wrong(value, `one of ${texts.join(', ')}`, texts[0] ?? '') }];
}

/** @param example of an entry */
export function list(example: string, rule: Rule): Rule {
  return (value, path) =>
    Array.isArray(value)
      ? value.flatMap((entry, index) => rule(entry, [...path, index]))
      : [{ path, says: wrong(value, 'a list', `[${example}]`) }];
}

/** Any names, with values that follow a rule. */
export function mapOf(example: string, rule: Rule): Rule {
  return (value, path) =>
    isMapping(value)
      ? Object.entries(value).flatMap(([name, entry]) => rule(entry, [...path, name]))
      : [{ path, says: wrong(value, 'names with values', example) }];
}

type Fields = Readonly<Record<string, Rule>>;

/** These names and no others: what nothing reads would be missed by nobody but the person who wrote it. */
export function mapping(example: string, needed: Fields, optional: Fields = {}): Rule {
  const fields = new Map(Object.entries({ ...needed, ...optional }));
  return (value, path) => {
    if (!isMapping(value)) return [{ path, says: wrong(value, 'names with values', example) }];
    const missing = Object.keys(needed).filter((name) => value[name] === undefined);
    return [
      ...missing.map((name) => ({ path, says: `has no "${name}", such as ${example}` })),
      ...Object.entries(value).flatMap(([name, entry]) => {
        const rule = fields.get(name);
        if (rule !== undefined) return entry === undefined ? [] : rule(entry, [...path, name]);
        return [{ path, says: `has "${name}", which nothing reads; there are: ${[...fields.keys()].join(', ')}` }];
      }),
    ];
  };
}

function wrong(value: unknown, what: string, example: string): string {
  if (value === null) return `is empty: leave it out, or write ${what}, such as ${example}`;
  return `${shown(value)} must be ${what}, such as ${example}`;
}

function shown(value: unknown): string {
  const whole = JSON.stringify(value);
  return whole.length > 60 ? `${whole.slice(0, 59)}…` : whole;
}

/** Every one after the first that has something in common with another. */
export function repeated<T>(things: readonly T[], of: (thing: T) => string): readonly (readonly [T, number])[] {
  const seen = new Set<string>();
  return things.flatMap((thing, index) => {
    const key = of(thing).toLowerCase();
    if (seen.has(key)) return [[thing, index] as const];
    seen.add(key);
    return [];
  });
}
