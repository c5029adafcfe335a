import { describe, expect, test } from '@jest/globals';

import { armGuid, assignmentName } from '../../../src/azure/assignments/names.ts';

const zeros = '00000000-0000-0000-0000-000000000000';
const ones = '11111111-1111-1111-1111-111111111111';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

describe('armGuid', () => {
  // Source: docs/design/azure.md#deterministic-names.
  test.each<[readonly string[], string]>([
    [['a', 'b', 'c'], 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8'],
    [['a-b-c'], 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8'],
    [['x'], '51c0fe04-91fa-5688-abb4-481ca7437854'],
    [
      [
        `/subscriptions/${zeros}`,
        ones,
        `/subscriptions/${zeros}/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
      ],
      'be7160fb-3870-57ad-b968-7bb666afe09c',
    ],
  ])('of %j is %s', (parts, name) => {
    expect(armGuid(...parts)).toBe(name);
  });

  test('takes text as UTF-8, and is a UUID of version 5', () => {
    expect(armGuid('ü')).not.toBe(armGuid('u'));
    expect(armGuid('')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  });
});

describe('assignmentName', () => {
  const scope = '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/Payments-Data';
  const principal = '96000000-0000-4000-8000-00000000000A';

  test('is the same in any letter case of scope, principal and role', () => {
    const name = assignmentName(scope, principal, reader);
    expect(name).toBe(armGuid(scope.toLowerCase(), principal.toLowerCase(), reader));
    expect(assignmentName(scope.toUpperCase(), principal.toLowerCase(), reader.toUpperCase())).toBe(name);
  });

  test('is different where any of the three is different', () => {
    const names = [
      assignmentName(scope, principal, reader),
      assignmentName('/', principal, reader),
      assignmentName(scope, zeros, reader),
      assignmentName(scope, principal, zeros),
      assignmentName(scope, reader, principal),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
