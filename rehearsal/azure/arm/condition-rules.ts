import { isGuid } from '../../guid.ts';
import { parseCondition, type Attribute, type Condition } from './condition-syntax.ts';
import { ConditionFault, type AttributeSource } from './condition-tokens.ts';

/** [docs:conditions-overview, limits] */
const LONGEST_CONDITION = 8 * 1024;

const OPERATORS = new Set(
  [
    ...['StringEquals', 'StringStartsWith', 'StringLike'].flatMap((name) => [
      name,
      `${name}IgnoreCase`,
      name.replace('String', 'StringNot'),
      `${name.replace('String', 'StringNot')}IgnoreCase`,
    ]),
    ...['Numeric', 'DateTime'].flatMap((type) =>
      ['Equals', 'NotEquals', 'GreaterThan', 'GreaterThanEquals', 'LessThan', 'LessThanEquals'].map(
        (name) => type + name,
      ),
    ),
    ...['BoolEquals', 'BoolNotEquals', 'GuidEquals', 'GuidNotEquals', 'IpMatch', 'IpNotMatch', 'IpInRange'],
    ...['ListContains', 'ListNotContains', 'TimeOfDayInRange', 'TimeOfDayEquals'],
  ].map((name) => name.toLowerCase()),
);

/**
 * Attributes in conditions, by source [docs:conditions-authorization-actions-attributes, storage-auth-abac-attributes].
 */
const ATTRIBUTES: Readonly<Record<AttributeSource, readonly RegExp[]>> = {
  Request: [
    /^Microsoft\.Authorization\/roleAssignments:(?:RoleDefinitionId|PrincipalId|PrincipalType)$/i,
    /^Microsoft\.Storage\/storageAccounts(?:\/[^:]+)?:\S/i,
  ],
  Resource: [
    /^Microsoft\.Authorization\/roleAssignments:(?:RoleDefinitionId|PrincipalId|PrincipalType)$/i,
    /^Microsoft\.Storage\/storageAccounts(?:\/[^:]+)?:\S/i,
  ],
  Principal: [/^Microsoft\.Directory\/CustomSecurityAttributes\/Id:\S/i],
  Environment: [/^(?:isPrivateLink|UtcNow)$/i, /^Microsoft\.Network\/(?:privateEndpoints|virtualNetworks\/subnets)$/i],
};

/** Parses a condition and checks its names and operands; throws a ConditionFault. */
export function validCondition(text: string): Condition {
  if (text.length > LONGEST_CONDITION) throw new ConditionFault('the condition is too long');
  const condition = parseCondition(text);
  check(condition);
  return condition;
}

function check(condition: Condition): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      condition.parts.forEach(check);
      return;
    case 'not':
      check(condition.part);
      return;
    case 'action':
      return;
    case 'exists':
      checkAttribute(condition.attribute);
      return;
    case 'comparison':
      checkComparison(condition);
  }
}

function checkComparison({ left, quantifier, operator, right }: Extract<Condition, { kind: 'comparison' }>): void {
  checkAttribute(left);
  const name = operator.toLowerCase();
  if (!OPERATORS.has(name)) throw new ConditionFault(`unknown operator ${operator}`);
  if (!('values' in right)) {
    checkAttribute(right);
    return;
  }
  // A set on the right needs a cross product operator on its left.
  if (right.set && quantifier === null && !name.startsWith('list') && !name.endsWith('inrange'))
    throw new ConditionFault(`${operator} compares with one value`);
  if (name.startsWith('guid') && !right.values.every(isGuid)) throw new ConditionFault(`${operator} wants GUIDs`);
}

function checkAttribute({ source, name }: Attribute): void {
  if (!ATTRIBUTES[source].some((form) => form.test(name)))
    throw new ConditionFault(`unknown attribute @${source}[${name}]`);
}
