import { expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { describeProxies } from '../action/describe-proxies.ts';
import {
  azureByIds,
  azureByNames,
  azureIds,
  azureStep,
  inAzure,
  onCallBlobReader,
  tokenRequests,
} from './azure-support.ts';
import { minted } from './exchanges.ts';
import { errors } from './support.ts';

/** Source: docs/design/azure.md#clouds. */
const clouds = [
  {
    cloud: 'AzureCloud',
    login: ['login.microsoftonline.com'],
    arm: 'management.azure.com',
    graph: 'graph.microsoft.com',
    audience: 'api://AzureADTokenExchange',
  },
  {
    cloud: 'AzureUSGovernment',
    login: ['login.microsoftonline.us'],
    arm: 'management.usgovcloudapi.net',
    graph: 'graph.microsoft.us',
    audience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    cloud: 'AzureChinaCloud',
    login: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
    arm: 'management.chinacloudapi.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
    audience: 'api://AzureADTokenExchangeChina',
  },
] as const;

const tunnels = ({ requests }: StepResult): readonly string[] =>
  requests.filter(({ service }) => service === 'proxy').map(({ operation, host }) => `${operation} ${host}`);
const hostsOf = ({ requests }: StepResult, service: string): readonly string[] => [
  ...new Set(requests.filter((it) => it.service === service).map(({ host }) => host)),
];
/** All requests of the step to GitHub and to Azure; a tunnel is not yet a request. */
const asked = ({ requests }: StepResult): readonly string[] =>
  requests.filter(({ service }) => service !== 'proxy').map(({ service, operation }) => `${service} ${operation}`);
const scopesOf = (result: StepResult): readonly unknown[] =>
  tokenRequests(result).map(({ body }) => String((body as { readonly scope?: unknown }).scope).split(' ')[0]);
const inputsFor = (cloud: string): Readonly<Record<string, string>> => ({ 'azure-environment': cloud });

describeProxies.each(clouds)('$cloud', ({ cloud, login, arm, graph, audience }) => {
  it('by IDs is reached at its documented hosts and no other, with its audience and scope, in at most 6 requests', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, ...inputsFor(cloud) });
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      const documented = [...login, arm].map((host) => `connect ${host}`);
      expect(tunnels(result).filter((it) => !documented.includes(it))).toEqual([]);
      expect(hostsOf(result, 'arm')).toEqual([arm]);
      for (const host of hostsOf(result, 'entra')) expect(login).toContain(host);
      expect(hostsOf(result, 'graph')).toEqual([]);
      expect(minted(result).map(({ idToken }) => idToken?.audience)).toEqual([audience]);
      expect(scopesOf(result)).toEqual([`https://${arm}/.default`]);
      expect(asked(result).length).toBeLessThanOrEqual(6);
      expect(asked(result).filter((it) => it !== 'entra discovery')).toEqual([
        'oidc token',
        'entra token',
        'arm roleAssignments.list',
        'arm roleAssignments.put',
        expect.stringMatching(/^arm roleAssignments\.(?:get|list)$/u),
      ]);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));

  it('by names uses its own Graph, with a token for it', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const result = await azureStep(world, { ...azureByNames, ...inputsFor(cloud) });
      expect(result.exitCode).toBe(0);
      expect(hostsOf(result, 'graph')).toEqual([graph]);
      expect(scopesOf(result).toSorted()).toEqual([`https://${arm}/.default`, `https://${graph}/.default`].toSorted());
      const documented = [...login, arm, graph].map((host) => `connect ${host}`);
      expect(tunnels(result).filter((it) => !documented.includes(it))).toEqual([]);
      expect(result.requests.filter(({ operation }) => operation === 'forward')).toEqual([]);
    }));

  it("is selected by its Resource Manager's address, with or without a trailing slash", () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      for (const address of [`https://${arm}`, `https://${arm}/`]) {
        const result = await azureStep(world, { ...azureByIds, ...inputsFor(address) });
        expect(result.exitCode).toBe(0);
        expect(minted(result).map(({ idToken }) => idToken?.audience)).toEqual([audience]);
        expect(result.requests.filter(({ operation }) => operation === 'metadata')).toEqual([]);
      }
    }));

  it('accepts the session of the Azure CLI', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      world.azure.loginCli(cloud);
      const ambient = { 'azure-client-id': 'none', ...inputsFor(cloud) };
      const result = await azureStep(world, { ...azureByNames, ...ambient }, { env: world.azure.cli, idToken: false });
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      expect(hostsOf(result, 'arm')).toEqual([arm]);
      expect(hostsOf(result, 'graph')).toEqual([graph]);
      expect(hostsOf(result, 'entra')).toEqual([]);
    }));

  it('with a custom audience requests that one from GitHub', () => {
    const federatedCredentials = [
      {
        issuer: 'https://token.actions.githubusercontent.com',
        subject: 'repo:octo-org/infra:environment:production-access',
        audience: 'api://octo',
      },
    ];
    return inAzure({ azure: { proxy: true, federatedCredentials } }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, ...inputsFor(cloud), 'azure-audience': 'api://octo' });
      expect(result.exitCode).toBe(0);
      expect(minted(result).map(({ idToken }) => idToken?.audience)).toEqual(['api://octo']);
    });
  });

  it('a job of another cloud is reported with the cloud of its requests', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      const stranger = { 'azure-tenant-id': azureIds.onCall };
      const result = await azureStep(world, { ...azureByIds, ...inputsFor(cloud), ...stranger });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('AADSTS90002');
      expect(errors(result)).toContain(`azure-environment (now ${cloud})`);
    }));
});

describeProxies('a revocation', () => {
  it('by IDs needs at most 6 requests too, and one that finds nothing at most 5', () =>
    inAzure({ azure: { proxy: true } }, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      const first = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      const again = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect([first.exitCode, again.exitCode]).toEqual([0, 0]);
      expect(asked(first).length).toBeLessThanOrEqual(6);
      expect(asked(again).length).toBeLessThanOrEqual(5);
    }));
});
