import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../docs/workflow-steps.ts';

const file = `version: 1
cloud: azure
grants:
  - principal: group:ops
    role: Reader
    target: /subscriptions/11111111-2222-4333-8444-555555555501
`;
const step = {
  cloud: 'azure',
  operation: 'assign',
  'access-file': 'access/a.yml',
  'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
};

describe('inputs with access files on Azure', () => {
  it('can be left out', () => {
    expect(faultsOf(step, file)).toEqual([]);
  });

  it.each([
    ['azure-pim', 'true'],
    ['assignment-name', 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8'],
    ['condition', "@Resource[x] StringEquals 'y'"],
    ['description', 'Incident 4711'],
  ])('cannot be %s, which is about one grant (P6)', (input, value) => {
    const [first, ...others] = faultsOf({ ...step, [input]: value }, file);
    expect(first).toContain(input);
    expect(first).toContain('beside access-file');
    expect(others).toEqual([]);
  });
});
