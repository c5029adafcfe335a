/** The condition keys of a request; names are compared without case, as IAM does. */
export type ConditionContext = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A `Condition` block: operator → key → value or values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, string | readonly string[] | boolean>>>>;

/** True if all conditions hold [doc:IAM reference_policies_elements_condition_operators]. */
export function conditionsHold(block: ConditionBlock | undefined, context: ConditionContext): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(block ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const values = [wanted].flat().map(String);
      const actual = known.get(key.toLowerCase());
      return holds(operator, actual === undefined ? undefined : [actual].flat(), values);
    }),
  );
}

function holds(operator: string, actual: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [, set, name = operator, ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return wanted.every((value) => (value === 'true') === (actual === undefined));
  const compare = comparisons[name];
  if (compare === undefined) throw new Error(`The rehearsal does not know the condition operator ${operator}`);
  const negated = name.includes('Not');
  if (actual === undefined || actual.length === 0) {
    if (set === 'ForAnyValue') return false;
    return set === 'ForAllValues' || ifExists !== undefined || negated; // the trap of ForAllValues in an Allow
  }
  const one = (value: string): boolean => {
    const some = wanted.some((pattern) => compare(value, pattern));
    return negated ? !some : some;
  };
  return set === 'ForAllValues' ? actual.every(one) : actual.some(one);
}

type Comparison = (value: string, pattern: string) => boolean;

const equals: Comparison = (value, pattern) => value === pattern;
const like: Comparison = (value, pattern) => wildcard(pattern).test(value);
const equalsIgnoringCase: Comparison = (value, pattern) => value.toLowerCase() === pattern.toLowerCase();

const comparisons: Readonly<Record<string, Comparison | undefined>> = {
  StringEquals: equals,
  StringNotEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringNotEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: like,
  StringNotLike: like,
  ArnEquals: like,
  ArnLike: like,
  ArnNotEquals: like,
  ArnNotLike: like,
  Bool: equalsIgnoringCase,
};

/** `*` any characters, `?` one [doc:IAM]. */
export function wildcard(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`, flags);
}
