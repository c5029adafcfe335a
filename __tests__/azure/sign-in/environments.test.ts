import { describe, expect, test } from '@jest/globals';

import {
  environments,
  isKnownIdTokenAudience,
  isOwnLogin,
  isRehearsal,
  isWithheld,
  parseEnvironment,
} from '../../../src/azure/sign-in/environments.ts';
import { toEnvironment } from '../../../src/azure/sign-in/metadata.ts';

describe('parseEnvironment', () => {
  test.each(['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'] as const)(
    '%s, and the address of its ARM',
    (name) => {
      const { arm } = environments[name];
      for (const text of [name, arm, `${arm}/`, `${arm}//`])
        expect(parseEnvironment(text)).toMatchObject({ kind: 'known', environment: { name } });
    },
  );

  test.each(['https://arm.example', 'https://arm.example/', 'https://arm.example///', 'https://127.0.0.1:8443'])(
    '%s reports its own kind',
    (text) => {
      expect(parseEnvironment(text)).toMatchObject({ kind: 'custom' });
    },
  );

  test.each([
    '',
    'azurecloud',
    'AzureCloud ',
    'http://arm.example',
    'https://',
    'https://a/b',
    'https://a?x',
    'https://a#x',
    'https://me@a',
    'constructor',
    '__proto__',
  ])('%j is not an environment', (text) => {
    expect(parseEnvironment(text)).toBeNull();
  });

  test('on this machine is a rehearsal; names of other machines are not', () => {
    const rehearsal = (text: string): boolean | null => {
      const choice = parseEnvironment(text);
      return choice && isRehearsal(choice);
    };
    expect(['https://127.0.0.1:1', 'https://localhost', 'https://[::1]:1'].map(rehearsal)).toEqual([true, true, true]);
    expect(['https://127.0.0.1.evil.example', 'https://localhost.evil.example', 'AzureCloud'].map(rehearsal)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test('ID tokens that well-known clouds accept', () => {
  for (const end of ['', 'USGov', 'China', 'USNat', 'USSec'])
    expect(isKnownIdTokenAudience(`api://AzureADTokenExchange${end}`)).toBe(true);
  expect(isKnownIdTokenAudience('api://mine')).toBe(false);
});

describe('isWithheld', () => {
  const entra = 'https://login.microsoftonline.com/';
  const arm = new URL('https://management.local.azurestack.external');

  test.each([
    'https://management.azure.com',
    'https://MANAGEMENT.core.windows.net//',
    'https://graph.microsoft.com/v1.0',
    'https://vault.azure.cn',
    '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    'not an address',
  ])('%s, for every sign-in', (resource) => {
    for (const login of [entra, 'https://login.elsewhere.example']) expect(isWithheld(resource, login, arm)).toBe(true);
  });

  test.each([
    ['https://management.contoso.onmicrosoft.com/e7a4', entra],
    ['https://management.local.azurestack.external/', entra],
    ['https://anything.example', 'https://adfs.local.azurestack.external/adfs'],
  ])('%s is not, by %s', (resource, login) => {
    expect(isWithheld(resource, login, arm)).toBe(false);
  });

  test('an unknown resource is, where a well-known login issues the token', () => {
    expect(isWithheld('https://payroll.example', entra, arm)).toBe(true);
    expect(isWithheld('https://payroll.example.com', entra, new URL('https://evil.com'))).toBe(true);
  });
});

describe('isOwnLogin', () => {
  const arm = new URL('https://management.local.azurestack.external');

  test("a login of every well-known cloud is, and one in the cloud's own domain", () => {
    const known = Object.values(environments).flatMap(({ authority, authorityAliases }) => [
      authority,
      ...authorityAliases,
    ]);
    for (const login of [...known, 'https://adfs.local.azurestack.external/adfs'])
      expect([login, isOwnLogin(login, arm)]).toEqual([login, true]);
  });

  test.each([
    ['https://mine.westeurope.cloudapp.azure.com', arm],
    ['https://mine.z6.web.core.windows.net', arm],
    ['https://login.microsoftonline.com.evil.example', arm],
    ['https://203.0.0.5', new URL('https://10.0.0.5')],
  ])('%s is not', (login, at) => {
    expect(isOwnLogin(login, at)).toBe(false);
  });
});

describe('toEnvironment', () => {
  const address = new URL('https://arm.stack.example');
  const metadata = {
    name: 'Stack',
    authentication: {
      loginEndpoint: 'https://login.stack.example/',
      audiences: ['https://management.stack.example/', 'x'],
    },
    resourceManager: 'https://arm.stack.example/',
    microsoftGraphResourceId: 'https://graph.stack.example/',
  };

  test("reads addresses without slashes at the end; the token scope is the first audience's", () => {
    expect(toEnvironment(metadata, address, null)).toEqual({
      environment: expect.objectContaining({
        name: 'Stack',
        authority: 'https://login.stack.example',
        authorityAliases: [],
        arm: 'https://arm.stack.example',
        armTokenScope: 'https://management.stack.example/.default',
        graph: 'https://graph.stack.example',
      }),
      withheldGraph: null,
    });
  });

  test('missing parts: the name is the host, ARM is the requested address, and there is no Graph', () => {
    const { authentication } = metadata;
    expect(toEnvironment({ authentication }, address, null).environment).toMatchObject({
      name: 'arm.stack.example',
      arm: 'https://arm.stack.example',
      graph: null,
    });
    expect(
      toEnvironment({ authentication, microsoftGraphResourceId: null }, address, null).environment.graph,
    ).toBeNull();
  });

  test('a well-known Graph is withheld, and reported', () => {
    const microsoftGraphResourceId = 'https://graph.microsoft.com/';
    const { environment, withheldGraph } = toEnvironment({ ...metadata, microsoftGraphResourceId }, address, null);
    expect([environment.graph, withheldGraph]).toEqual([null, microsoftGraphResourceId]);
  });

  test("a login in another domain does not get the job's ID token, unless it was allowed from outside", () => {
    const authentication = { ...metadata.authentication, loginEndpoint: 'https://login.elsewhere.example/' };
    expect(() => toEnvironment({ ...metadata, authentication }, address, null)).toThrow(/in another domain/u);
    const { environment } = toEnvironment({ ...metadata, authentication }, address, 'https://login.elsewhere.example');
    expect(environment.authority).toBe('https://login.elsewhere.example');
    for (const known of ['https://login.microsoftonline.com/', 'https://login.stack.example'])
      expect(() =>
        toEnvironment(
          { authentication: { loginEndpoint: known, audiences: ['https://management.x.onmicrosoft.com/1'] } },
          address,
          null,
        ),
      ).not.toThrow();
  });

  test("the source of the tokens decides their resources: the CLI's own login, or one that was allowed", () => {
    const authentication = {
      loginEndpoint: 'https://login.stack.example',
      audiences: ['https://outlook.office365.com'],
    };
    expect(() => toEnvironment({ authentication }, address, null)).not.toThrow();
    expect(() => toEnvironment({ authentication }, address, 'https://login.microsoftonline.com')).toThrow(
      /could open something in a well-known cloud/u,
    );
  });

  test.each(['https://management.azure.com.', '797f4846-ba00-4fd7-ba43-dac1f8f63013', 'https://vault.azure.net:443/'])(
    'a token for %s is requested only by the cloud itself',
    (audience) => {
      const authentication = { loginEndpoint: 'https://login.microsoftonline.com./', audiences: [audience] };
      expect(() => toEnvironment({ authentication }, address, null)).toThrow(/could open something/u);
    },
  );

  test.each([
    null,
    'text',
    5,
    [],
    {},
    { authentication: null },
    { authentication: { loginEndpoint: 'https://x.test', audiences: 'y' } },
  ])('%j is not a description of a cloud', (answer) => {
    expect(() => toEnvironment(answer, address, null)).toThrow(/names no login endpoint or no audience/u);
  });
});
