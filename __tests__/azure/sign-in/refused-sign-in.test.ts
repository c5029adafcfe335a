import { describe, expect, test } from '@jest/globals';

import { CloudError } from '../../../src/access/errors.ts';
import { environments, type Environment } from '../../../src/azure/sign-in/environments.ts';
import { refusedSignIn } from '../../../src/azure/sign-in/refused-sign-in.ts';

const sub = 'repo:o/r:environment:prod';
const iss = 'https://token.actions.githubusercontent.com';
const custom = { ...environments.AzureCloud, name: 'AzureCloud', arm: 'https://management.local.azurestack.external' };

function hintOn(number: string, environment = 'prod', at: Environment = environments.AzureUSGovernment): string {
  const error = new CloudError({
    kind: 'denied',
    operation: 'POST token',
    code: `AADSTS${number}`,
    message: 'no',
    requestId: 'id',
    retryAfterMs: null,
    hint: null,
  });
  const signIn = { kind: 'federated', clientId: 'c', tenantId: 't', audience: 'a' } as const;
  return refusedSignIn(error, signIn, at, { jwt: 'x.y.z', claims: { iss, sub, environment, aud: 'api://x' } }).hint;
}

describe('refusedSignIn', () => {
  test.each([
    ['700211', `issuer of the token, ${iss}`],
    ['700212', 'audience of the token, api://x'],
    ['70025', 'no federated credential'],
    ['7002138', 'only in letter case'],
  ])("AADSTS%s: only Entra's own hint is shown, unless the job has no environment (P9)", (code, named) => {
    expect(hintOn(code)).toContain(named);
    expect(hintOn(code)).not.toMatch(/The job runs|correct environment|Trust another/u);
    expect(hintOn(code, '')).toMatch(/^The job runs in no environment\./u);
    expect(hintOn(code, '')).toContain(named);
  });

  test('AADSTS700213 is about the environment', () => {
    expect(hintOn('700213')).toMatch(/^The job runs in the environment prod\./u);
  });

  test('the audience is shown with the default of the cloud; a custom one has none, under any name', () => {
    expect(hintOn('700212')).toContain('the default of AzureUSGovernment, api://AzureADTokenExchangeUSGov');
    expect(hintOn('700212', 'prod', custom)).toContain('a custom azure-environment has no default');
    expect(hintOn('700212', 'prod', custom)).not.toContain('AzureADTokenExchange');
  });

  test.each([
    ['53003', /Conditional Access policy.*Ask its owners/u],
    ['530032', /Conditional Access policy.*Ask its owners/u],
    ['530035', /security defaults.*Ask its owners/u],
    ['7000112', /disabled\. Ask the owners of the directory/u],
    ['50057', /disabled\. Ask the administrators of the directory/u],
    ['50105', /Ask the administrators/u],
    ['501051', /Ask the administrators/u],
  ])('AADSTS%s names who decides, and suggests no input', (code, words) => {
    for (const environment of ['prod', '']) {
      expect(hintOn(code, environment)).toMatch(words);
      expect(hintOn(code, environment)).toContain('No change to the federated credential or to the inputs helps');
      expect(hintOn(code, environment)).not.toMatch(/azure-(?:client-id|tenant-id|environment)|The job runs/u);
    }
  });

  test('AADSTS5000224 suggests the directory, and no more', () => {
    expect(hintOn('5000224')).toMatch(/Check that azure-tenant-id/u);
    expect(hintOn('5000224')).not.toMatch(/azure-client-id|azure-environment|The job runs/u);
  });
});
