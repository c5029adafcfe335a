import type { Attribute, Condition, Quantifier, Values } from './condition-syntax.ts';
import { matchesAction } from './permissions.ts';

/** Input of a condition: the action and the known attributes, by `Source:name` in small letters. */
export interface ConditionContext {
  readonly action: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

function attributeKey({ source, name }: Attribute): string {
  return `${source}:${name}`.toLowerCase();
}

/** True if a condition holds; a comparison with a missing attribute does not (docs/design/azure.md#conditions). */
export function holds(condition: Condition, context: ConditionContext): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, context));
    case 'or':
      return condition.parts.some((part) => holds(part, context));
    case 'not':
      return !holds(condition.part, context);
    case 'action':
      // Role assignments have no suboperations.
      return !condition.sub && condition.patterns.some((pattern) => matchesAction(pattern, context.action));
    case 'exists':
      return context.attributes.has(attributeKey(condition.attribute));
    case 'comparison':
      return compares(condition, context);
  }
}

function compares(condition: Extract<Condition, { kind: 'comparison' }>, context: ConditionContext): boolean {
  const { quantifier, operator } = condition;
  const left = context.attributes.get(attributeKey(condition.left));
  const right = valuesOf(condition.right, context);
  const comparison = COMPARISONS[operator.toLowerCase()];
  if (comparison === undefined) throw new Error(`The rehearsal does not evaluate the condition operator ${operator}`);
  if (left === undefined || right === undefined) return false;
  return CROSS_PRODUCTS[quantifier ?? 'ForAllOfAllValues'](left, right, comparison);
}

function valuesOf(operand: Attribute | Values, context: ConditionContext): readonly string[] | undefined {
  return 'values' in operand ? operand.values : context.attributes.get(attributeKey(operand));
}

type Comparison = (left: string, right: string) => boolean;

/** [docs:conditions-format, cross product comparison operators] */
const CROSS_PRODUCTS: Readonly<
  Record<Quantifier, (left: readonly string[], right: readonly string[], comparison: Comparison) => boolean>
> = {
  ForAnyOfAnyValues: (left, right, test) => left.some((one) => right.some((other) => test(one, other))),
  ForAllOfAnyValues: (left, right, test) => left.every((one) => right.some((other) => test(one, other))),
  ForAnyOfAllValues: (left, right, test) => left.some((one) => right.every((other) => test(one, other))),
  ForAllOfAllValues: (left, right, test) => left.every((one) => right.every((other) => test(one, other))),
};

const lower =
  (test: Comparison): Comparison =>
  (left, right) =>
    test(left.toLowerCase(), right.toLowerCase());
const not =
  (test: Comparison): Comparison =>
  (left, right) =>
    !test(left, right);
const equals: Comparison = (left, right) => left === right;
const startsWith: Comparison = (left, right) => left.startsWith(right);
/** `*` any characters, `?` one. */
const like: Comparison = (left, right) => {
  const source = right
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  return new RegExp(`^${source}$`).test(left);
};

const COMPARISONS: Readonly<Record<string, Comparison | undefined>> = {
  stringequals: equals,
  stringequalsignorecase: lower(equals),
  stringnotequals: not(equals),
  stringnotequalsignorecase: not(lower(equals)),
  stringstartswith: startsWith,
  stringstartswithignorecase: lower(startsWith),
  stringnotstartswith: not(startsWith),
  stringnotstartswithignorecase: not(lower(startsWith)),
  stringlike: like,
  stringlikeignorecase: lower(like),
  stringnotlike: not(like),
  stringnotlikeignorecase: not(lower(like)),
  guidequals: lower(equals),
  guidnotequals: not(lower(equals)),
};
