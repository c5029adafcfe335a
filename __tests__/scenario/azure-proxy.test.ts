import { expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { describeProxies } from '../action/describe-proxies.ts';
import { azureByIds, azureByNames, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';
import { startProxy } from './proxies.ts';
import { errors } from './support.ts';

const hosts = ['login.microsoftonline.com', 'management.azure.com', 'graph.microsoft.com'];
const tunnels = ({ requests }: StepResult): ReadonlySet<string> =>
  new Set(requests.filter(({ service }) => service === 'proxy').map(({ operation, host }) => `${operation} ${host}`));

describeProxies('HTTPS_PROXY', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])('is used by sign-in, Resource Manager and Graph, as %s', (name) =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const env = { HTTPS_PROXY: undefined, [name]: world.env['HTTPS_PROXY'] };
      const result = await azureStep(world, { ...azureByNames, target: 'subscription:payments-prod' }, { env });
      expect(result.exitCode).toBe(0);
      expect(tunnels(result)).toEqual(new Set(hosts.map((host) => `connect ${host}`)));
      expect(world.azure.estate.effectiveChanges()).toHaveLength(1);
    }),
  );

  it('with a name and a password sends them to the proxy, and the password nowhere else', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const given = world.env['HTTPS_PROXY']?.replace('//', '//octo:hunter%2Ftwo%2Bmore@') ?? '';
      const result = await azureStep(world, azureByNames, { env: { HTTPS_PROXY: given, RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(0);
      const asked = result.requests.filter(({ service }) => service === 'proxy');
      expect(asked.map(({ authorized }) => authorized)).toEqual(asked.map(() => true));
      expect(result.leaked(['hunter/two+more', 'hunter%2Ftwo%2Bmore'])).toEqual([]);
      expect(result.masks).toContain('hunter/two+more');
    }));

  it("is not used for this machine: a rehearsal, and GitHub's own endpoint", async () => {
    const proxy = await startProxy(() => null);
    try {
      await inAzure({}, async (world) => {
        const address = `http://127.0.0.1:${proxy.port}`;
        const env = { HTTPS_PROXY: address, HTTP_PROXY: address, NO_PROXY: 'example.com' };
        expect(await azureStep(world, azureByNames, { env })).toMatchObject({ exitCode: 0 });
        expect(proxy.requests).toEqual([]);
      });
    } finally {
      await proxy.close();
    }
  });

  it('that refuses ends the step red, and no request goes past it', async () => {
    const proxy = await startProxy(() => null);
    try {
      await inAzure({ azure: { proxy: true } }, async (world) => {
        const result = await azureStep(world, azureByIds, { env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } });
        expect(result.exitCode).toBe(1);
        expect(result.requests.map(({ service }) => service)).toEqual(['oidc']);
        expect(new Set(proxy.requests.map(({ what }) => what))).toEqual(
          new Set(['CONNECT login.microsoftonline.com:443']),
        );
        expect(errors(result)).toMatch(/502|proxy/iu);
        expect(errors(result)).toMatch(/What to do: .*HTTPS_PROXY/su);
        expect(result.virtualMs).toBeLessThan(130_000);
        expect(world.azure.estate.effectiveChanges()).toEqual([]);
      });
    } finally {
      await proxy.close();
    }
  });

  it.each(['proxy.internal:3128', 'not a proxy', 'socks5://127.0.0.1:9'])(
    'that is not usable is named: %s',
    (address) =>
      inAzure({ azure: { proxy: true } }, async (world) => {
        const result = await azureStep(world, azureByIds, { env: { HTTPS_PROXY: address } });
        expect(result.exitCode).toBe(1);
        expect(result.requests).toEqual([]);
        expect(errors(result)).toContain('HTTPS_PROXY');
        expect(errors(result)).not.toMatch(/ENOTFOUND|EAI_AGAIN|bug in/u);
      }),
  );
});

describeProxies('the authority behind the certificates', () => {
  it('is the one of NODE_EXTRA_CA_CERTS; without it the sign-in fails with the setting as the hint, and no token is sent', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const result = await azureStep(world, azureByIds, { env: { NODE_EXTRA_CA_CERTS: undefined } });
      expect(result.exitCode).toBe(1);
      expect(result.requests.filter(({ service }) => !['oidc', 'proxy'].includes(service))).toEqual([]);
      expect(errors(result)).toMatch(/certificate/iu);
      expect(errors(result)).toMatch(/What to do: .*NODE_EXTRA_CA_CERTS/su);
      expect(errors(result)).not.toMatch(/azure-client-id/u);
      expect(result.virtualMs).toBeLessThan(130_000);
    }));

  it("and so is an environment's own: its metadata are not read without it", () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByIds, { env: { NODE_EXTRA_CA_CERTS: undefined } });
      expect(result.exitCode).toBe(1);
      expect(result.requests.map(({ service }) => service)).toEqual(['oidc']);
      expect(errors(result)).toMatch(/certificate/iu);
      expect(errors(result)).toMatch(/What to do: .*NODE_EXTRA_CA_CERTS/su);
    }));

  it('disabled checks are a fault, not a remedy', () =>
    inAzure({}, async (world) => {
      const env = { NODE_EXTRA_CA_CERTS: undefined, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      const result = await azureStep(world, azureByIds, { env });
      expect(result.exitCode).toBe(1);
      expect(result.requests).toEqual([]);
      expect(errors(result)).toContain('NODE_TLS_REJECT_UNAUTHORIZED: "0" switches certificate checks off.');
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));
});
