import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { describeProxies } from '../action/describe-proxies.ts';
import { azureByIds, azureStep, inAzure, tokenRequests } from './azure-support.ts';
import { errors } from './support.ts';

function expectNothingSent(result: StepResult): void {
  expect(result.exitCode).toBe(1);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.requests).toEqual([]);
}

describe('AZURE_AUTHORITY_HOST', () => {
  it.each([
    ['another host', 'https://login.evil.example'],
    ['another host without TLS', 'http://login.evil.example'],
    ['a host that begins like the right one', 'https://login.microsoftonline.com.evil.example'],
    ['a host behind user information', 'https://login.microsoftonline.com@evil.example'],
    ['a host that begins like loopback', 'https://127.0.0.1.evil.example'],
    ['the login of another cloud', 'https://login.microsoftonline.us'],
    ['an invalid URL', 'login.evil.example'],
    ['a script', 'javascript:alert(1)'],
  ])('that names %s is a fault, and gets no request', (_, url) =>
    inAzure({}, async (world) => {
      for (const environment of [world.azure.environment, 'AzureCloud']) {
        const inputs = { ...azureByIds, 'azure-environment': environment };
        const result = await azureStep(world, inputs, { env: { AZURE_AUTHORITY_HOST: url } });
        expectNothingSent(result);
        expect(errors(result)).toContain('AZURE_AUTHORITY_HOST');
      }
    }),
  );

  it('in any letter case, and with the session of the Azure CLI, is checked too', () =>
    inAzure({}, async (world) => {
      const env = { ...world.azure.cli, azure_authority_host: 'https://login.evil.example' };
      for (const sign of [{}, { 'azure-client-id': 'none', 'azure-audience': '' }]) {
        const result = await azureStep(world, { ...azureByIds, ...sign }, { env });
        expectNothingSent(result);
        expect(errors(result)).toMatch(/allowed-endpoints: This list does not name login\.evil\.example/u);
      }
    }));

  it('without TLS is a fault on this machine too, since a sign-in requires TLS', () =>
    inAzure({}, async (world) => {
      const env = { AZURE_AUTHORITY_HOST: world.azure.login.replace('https:', 'http:') };
      const result = await azureStep(world, azureByIds, { env });
      expectNothingSent(result);
      expect(errors(result)).toMatch(/^AZURE_AUTHORITY_HOST: The address is not https\./mu);
    }));

  it.each(['', '/'])('on this machine is used, and named in log and summary (ending "%s")', (end) =>
    inAzure({}, async (world) => {
      const url = `${world.azure.login}${end}`;
      const result = await azureStep(world, azureByIds, { env: { AZURE_AUTHORITY_HOST: url } });
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      expect(result.log).toContain(`AZURE_AUTHORITY_HOST = ${url}`);
      expect(result.summary).toContain('AZURE&#95;AUTHORITY&#95;HOST');
      expect(result.summary).toContain(new URL(url).host);
    }),
  );

  it('that is empty has no effect', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByIds, { env: { AZURE_AUTHORITY_HOST: '' } });
      expect(result.exitCode).toBe(0);
      expect(result.log).not.toContain('AZURE_AUTHORITY_HOST');
    }));

  it("does not decide where the environment's metadata is read", () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByIds, { env: { AZURE_AUTHORITY_HOST: 'https://127.0.0.1:9' } });
      expect(result.exitCode).toBe(1);
      expect(result.requests.map(({ operation }) => operation).toSorted()).toEqual(['metadata', 'token']);
      expect(tokenRequests(result)).toEqual([]);
      expect(errors(result)).toContain('https://127.0.0.1:9');
    }));
});

describe.each(['AZURE_REGIONAL_AUTHORITY_NAME', 'azure_regional_authority_name', 'MSAL_FORCE_REGION'])('%s', (name) => {
  it('is a fault, since it would send the sign-in to another host', () =>
    inAzure({}, async (world) => {
      for (const environment of [world.azure.environment, 'AzureCloud']) {
        const inputs = { ...azureByIds, 'azure-environment': environment };
        const result = await azureStep(world, inputs, { env: { [name]: 'westeurope' } });
        expectNothingSent(result);
        expect(errors(result)).toMatch(
          new RegExp(`^${name}: "westeurope" would send the sign-in to another host.*Unset it`, 'mu'),
        );
      }
    }));
});

describeProxies('AZURE_AUTHORITY_HOST in a well-known cloud', () => {
  const entraHosts = ({ requests }: StepResult): readonly string[] => [
    ...new Set(requests.filter(({ service }) => service === 'entra').map(({ host }) => host)),
  ];

  it.each([
    ['AzureCloud', 'https://login.microsoftonline.com/'],
    ['AzureCloud', 'https://LOGIN.microsoftonline.com'],
    ['AzureUSGovernment', 'https://login.microsoftonline.us'],
    ['AzureChinaCloud', 'https://login.chinacloudapi.cn/'],
    ['AzureChinaCloud', 'https://login.partner.microsoftonline.cn'],
  ])('that is its own changes nothing: %s, %s', (cloud, url) =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const inputs = { ...azureByIds, 'azure-environment': cloud };
      const result = await azureStep(world, inputs, { env: { AZURE_AUTHORITY_HOST: url } });
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      expect(result.log).not.toContain('AZURE_AUTHORITY_HOST');
    }),
  );

  it('that names an alias of its login signs in, where it is allowed', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const env = { AZURE_AUTHORITY_HOST: 'https://login.windows.net' };
      const result = await azureStep(world, { ...azureByIds, 'allowed-endpoints': 'login.windows.net' }, { env });
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      for (const host of entraHosts(result)) expect(host).toMatch(/^login\.(?:windows\.net|microsoftonline\.com)$/u);
    }));

  it("that names another cloud's and is allowed is used unchanged, and fails with its error", () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const env = { AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us' };
      const inputs = { ...azureByIds, 'allowed-endpoints': 'login.microsoftonline.us' };
      const result = await azureStep(world, inputs, { env });
      expect(result.exitCode).toBe(1);
      expect(entraHosts(result)).toEqual(['login.microsoftonline.us']);
      expect(errors(result)).toContain('AADSTS700212');
      expect(result.log).toContain('AZURE_AUTHORITY_HOST = https://login.microsoftonline.us');
      expect(result.requests.filter(({ service }) => service === 'arm')).toEqual([]);
    }));

  it("Azure's other variables do not sign in this action: an unknown client, secret and tenant", () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const env = {
        AZURE_CLIENT_ID: '0d0d0d0d-0000-4000-8000-000000000000',
        AZURE_TENANT_ID: '0d0d0d0d-0000-4000-8000-000000000001',
        AZURE_CLIENT_SECRET: 'left-over-secret',
        AZURE_FEDERATED_TOKEN_FILE: '/nowhere',
        REGION_NAME: 'westeurope',
      };
      const result = await azureStep(world, azureByIds, { env });
      expect(result.exitCode).toBe(0);
      expect(new Set(result.requests.filter(({ service }) => service === 'arm').map((it) => it.principal))).toEqual(
        new Set([world.azure.ids.callerObjectId]),
      );
      expect(result.leaked(['left-over-secret'])).toEqual([]);
      expect(result.masks).toContain('left-over-secret');
    }));
});
