import { describe, expect, test } from '@jest/globals';

import { validCondition } from '../../rehearsal/azure/arm/condition-rules.ts';
import { ConditionFault } from '../../rehearsal/azure/arm/condition-tokens.ts';
import { holds } from '../../rehearsal/azure/arm/condition-value.ts';
import { ALICE, assignments, BOB, grant, GROUP, named, outcome, roles, withArm } from './azure-arm-support.ts';

const NAME = '@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]';
const ROLE = '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]';
const TYPE = '@Request[Microsoft.Authorization/roleAssignments:PrincipalType]';
const READ = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';

describe('the grammar', () => {
  test.each([
    ['the form of the documentation', `((!(ActionMatches{'${READ}'})) OR (${NAME} StringEquals 'logs'))`],
    ['lower-case operators', `${NAME} stringEquals 'logs'`],
    [
      'symbols for words',
      `!(ActionMatches{'${READ}'} && SubOperationMatches{'Blob.List'}) || ${NAME} StringLike 'log*'`,
    ],
    ['NOT', `NOT (${NAME} StringEquals 'logs')`],
    [
      'Exists',
      'Exists @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Project<$key_case_sensitive$>]',
    ],
    ['a doubled quote', `${NAME} StringEquals 'it''s'`],
    [
      'an attribute on both sides',
      `@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Eng_Project] StringEquals ${NAME}`,
    ],
    [
      'environment',
      "@Environment[UtcNow] DateTimeGreaterThan '2026-01-01T00:00:00.0Z' AND @Environment[isPrivateLink] BoolEquals true",
    ],
    ['line breaks', `(\n ${ROLE}\n ForAnyOfAnyValues:GuidEquals {${roles.reader},\n ${roles.owner}}\n)`],
  ])('takes %s', (_, text) => {
    expect(validCondition(text)).toBeDefined();
  });

  test.each([
    ['nothing', ''],
    ['half of a parenthesis', `(${NAME} StringEquals 'logs'`],
    ['an extra parenthesis', `${NAME} StringEquals 'logs')`],
    ['an open string', `${NAME} StringEquals 'logs`],
    ['double quotes', `${NAME} StringEquals "logs"`],
    ['an unknown operator', `${NAME} StringIs 'logs'`],
    ['an unknown quantifier', `${NAME} ForOneOfValues:StringEquals {'logs'}`],
    ['an unknown source', "@Thing[Microsoft.Storage/storageAccounts:name] StringEquals 'logs'"],
    [
      'an attribute of a service without attributes',
      "@Resource[Microsoft.ServiceBus/namespaces/queues:Name] stringEquals 'foo'",
    ],
    ['an attribute without a name', "@Resource[Microsoft.Storage/storageAccounts] StringEquals 'logs'"],
    ['an unknown function', "Matches{'x'}"],
    ['a set without a quantifier', `${NAME} StringEquals {'a', 'b'}`],
    ['invalid GUIDs', `${ROLE} ForAnyOfAnyValues:GuidEquals {Reader}`],
    ['an empty set', `${ROLE} ForAnyOfAnyValues:GuidEquals {}`],
    ['words in small letters', `${NAME} StringEquals 'a' or ${NAME} StringEquals 'b'`],
    ['two expressions without a word between', `(${NAME} StringEquals 'a') (${NAME} StringEquals 'b')`],
    ['more than 8 KB', `${NAME} StringEquals '${'x'.repeat(9000)}'`],
  ])('refuses %s', (_, text) => {
    expect(() => validCondition(text)).toThrow(ConditionFault);
  });
});

describe('the value', () => {
  const value = (text: string, action: string, attributes: Readonly<Record<string, readonly string[]>> = {}): boolean =>
    holds(validCondition(text), {
      action,
      attributes: new Map(
        Object.entries(attributes).map(([name, values]) => [
          `request:microsoft.authorization/roleassignments:${name}`,
          values,
        ]),
      ),
    });

  test.each([
    [
      'AND binds more than OR',
      `${TYPE} StringEquals 'A' AND ${TYPE} StringEquals 'B' OR ${TYPE} StringEquals 'C'`,
      ['C'],
      true,
    ],
    [
      'parentheses bind most',
      `${TYPE} StringEquals 'A' AND (${TYPE} StringEquals 'B' OR ${TYPE} StringEquals 'C')`,
      ['C'],
      false,
    ],
    ['letter case counts', `${TYPE} StringEquals 'user'`, ['User'], false],
    ['unless it is ignored', `${TYPE} StringEqualsIgnoreCase 'user'`, ['User'], true],
    ['a pattern', `${TYPE} StringLike 'U*r'`, ['User'], true],
    ['any of any', `${TYPE} ForAnyOfAnyValues:StringEquals {'A', 'B'}`, ['B', 'C'], true],
    ['all of any', `${TYPE} ForAllOfAnyValues:StringEquals {'A', 'B'}`, ['B', 'C'], false],
    ['any of all', `${TYPE} ForAnyOfAllValues:StringNotEquals {'A', 'B'}`, ['A', 'C'], true],
    ['any of all, none', `${TYPE} ForAnyOfAllValues:StringNotEquals {'A', 'B'}`, ['A'], false],
    ['all of all', `${TYPE} ForAllOfAllValues:StringNotEquals {'A', 'B'}`, ['A', 'C'], false],
    ['a missing value is not unequal', `${ROLE} GuidNotEquals '${roles.owner}'`, ['User'], false],
    ['existence', `Exists ${TYPE} AND !(Exists ${ROLE})`, ['User'], true],
  ])('%s', (_, text, types, expected) => {
    expect(value(text, 'a/write', { principaltype: types })).toBe(expected);
  });

  test('actions match with wildcards, in any letter case', () => {
    const text = "!(ActionMatches{'Microsoft.Authorization/*/Write'})";
    expect(value(text, 'Microsoft.Authorization/roleAssignments/write')).toBe(false);
    expect(value(text, 'Microsoft.Authorization/roleAssignments/delete')).toBe(true);
  });
});

describe('on role assignments', () => {
  const INVALID = '400 InvalidRoleAssignmentCondition';
  const condition = `${NAME} StringEquals 'logs'`;

  test.each([
    ['a role with storage data actions', roles.blobReader, { condition, conditionVersion: '2.0' }, '201'],
    ['a role that can grant access', roles.owner, { condition, conditionVersion: '2.0' }, '201'],
    ['a role that cannot have one', roles.contributor, { condition, conditionVersion: '2.0' }, INVALID],
    ['no version', roles.blobReader, { condition }, INVALID],
    ['an old version', roles.blobReader, { condition, conditionVersion: '1.0' }, INVALID],
    ['a wrong condition', roles.blobReader, { condition: 'name = logs', conditionVersion: '2.0' }, INVALID],
  ])('%s', (_, guid, more, expected) =>
    withArm({}, async ({ send }) => {
      const answer = await send('PUT', assignments(GROUP, named(1)), grant(guid, ALICE, more));
      expect(outcome(answer)).toBe(expected);
      if (expected === INVALID)
        expect(answer.body.error?.message).toBe('The given role assignment condition is invalid.');
      else expect(answer.body.properties).toMatchObject(more);
    }),
  );

  test('change in place; their version cannot decrease; a PUT without one removes it', () =>
    withArm({}, async ({ send, state }) => {
      const put = (more: Readonly<Record<string, unknown>>): Promise<string> =>
        send('PUT', assignments(GROUP, named(1)), grant(roles.blobReader, BOB, more)).then(outcome);
      const found = (): string | null | undefined =>
        state.find({ scope: GROUP, role: roles.blobReader, principalId: BOB })?.condition;
      expect(await put({ condition, conditionVersion: '2.0' })).toBe('201');
      expect(await put({ condition: `${NAME} StringEquals 'other'`, conditionVersion: '2.0' })).toBe('201');
      expect(found()).toContain('other');
      expect(await put({ condition, conditionVersion: '1.0' })).toBe(INVALID);
      expect(await put({ description: 'none' })).toBe('201');
      expect(found()).toBeNull();
      expect(state.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'update', 'update']);
    }));
});
