import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { describeProxies } from '../action/describe-proxies.ts';
import { leasedOnAzure, sweepingAzure, listingAzure } from './azure-lease-support.ts';
import { leasedByPim } from './azure-pim-support.ts';
import { azureByIds, azureByNames, azureStep, inAzure } from './azure-support.ts';
import { documentedHosts, isDocumented } from './documented-hosts.ts';
import { endJob, group, job, leased, listing, minute, sweeping, take } from './lease-support.ts';
import type { Proxy } from './proxies.ts';
import { behindProxy, issuerHost } from './real-hosts.ts';
import { byIds, byNames, errors, pushAll, step } from './support.ts';

/** The process connected only to the proxy on this machine, resolved no name, and started no process. */
function expectOnlyTheProxy({ witness: { addresses, names, programs } }: StepResult): void {
  expect({ addresses, names, programs }).toEqual({ addresses: ['127.0.0.1'], names: [], programs: [] });
}

/** Hosts of the tunnels that a proxy opened, all at port 443. */
function hostsOf(proxy: Proxy): readonly string[] {
  return [
    ...new Set(proxy.requests.map(({ what }) => /^CONNECT (?<host>[^:]+):443$/u.exec(what)?.groups?.['host'] ?? what)),
  ];
}

const region = 'us-east-1';
const named = (...services: readonly string[]): readonly string[] =>
  services
    .map((it) => (it.startsWith('organizations') ? 'organizations.us-east-1' : `${it}.${region}`))
    .map((it) => `${it}.amazonaws.com`);

interface Asking {
  readonly inputs: Step['inputs'];
  readonly asks: readonly string[];
  readonly post?: true;
  readonly prepare?: (world: World) => Promise<void>;
}

const onAws: Readonly<Record<string, Asking>> = {
  'assign by ids': { inputs: byIds, asks: named('sts', 'sso') },
  'assign by names': { inputs: byNames, asks: named('sts', 'sso', 'identitystore', 'organizations') },
  'assign by an organizational unit': {
    inputs: { ...byIds, target: 'ou:/Workloads/**' },
    asks: named('sts', 'sso', 'organizations'),
  },
  'revoke by names': {
    inputs: { ...byNames, operation: 'revoke' },
    asks: named('sts', 'sso', 'identitystore', 'organizations'),
  },
  provision: { inputs: pushAll, asks: named('sts', 'sso') },
  'a lease and its end': { inputs: leased, asks: named('sts', 'sso', 'scheduler'), post: true },
  'a list of leases': { inputs: listing, asks: named('sts', 'scheduler') },
  'a sweep': {
    inputs: sweeping,
    asks: [...named('sts', 'sso', 'scheduler'), 'api.github.com'],
    prepare: async (world) => {
      await take(world, leased, job(1));
      endJob(world, 1);
      await world.advance(20 * minute);
    },
  },
};

describeProxies('with its real endpoints, through a proxy, a step connects only to the documented hosts (P7)', () => {
  it.each(Object.entries(onAws))('AWS: %s', async (_name, { inputs, asks, post, prepare }) => {
    await behindProxy({}, async ({ world, proxy, real }) => {
      world.aws.schedules.addGroup(group);
      await prepare?.(world);
      const env = { ...real, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const main = await step(world, inputs, { env });
      expect(errors(main)).toBe('');
      expectOnlyTheProxy(main);
      if (post === true) expectOnlyTheProxy(await step(world, inputs, { env, state: main.state, stage: 'post' }));
      const asked = hostsOf(proxy);
      expect(asked.filter((host) => !isDocumented(host))).toEqual([]);
      expect(asked.toSorted()).toEqual([issuerHost, ...asks].toSorted());
    });
  });
});

/** Source: docs/design/azure.md#clouds. China's sign-in has two names. */
const azureClouds: Readonly<Record<string, Readonly<Record<'login' | 'arm' | 'graph', readonly string[]>>>> = {
  AzureCloud: { login: ['login.microsoftonline.com'], arm: ['management.azure.com'], graph: ['graph.microsoft.com'] },
  AzureUSGovernment: {
    login: ['login.microsoftonline.us'],
    arm: ['management.usgovcloudapi.net'],
    graph: ['graph.microsoft.us'],
  },
  AzureChinaCloud: {
    login: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
    arm: ['management.chinacloudapi.cn'],
    graph: ['microsoftgraph.chinacloudapi.cn'],
  },
};

const onAzure: Readonly<Record<string, Omit<Asking, 'asks'> & { readonly asksGraph?: true }>> = {
  'assign by ids': { inputs: azureByIds },
  'assign by names': { inputs: azureByNames, asksGraph: true },
  'revoke by names': { inputs: { ...azureByNames, operation: 'revoke' }, asksGraph: true },
  'a lease and its end': { inputs: leasedOnAzure, post: true },
  'a lease through Privileged Identity Management, and its end': { inputs: leasedByPim, post: true },
  'a list of leases': { inputs: listingAzure },
  'a sweep': { inputs: sweepingAzure },
};

/** Requests that are the same for each cloud of Azure are shown on one. */
const showsAll = ['assign by names', 'a lease through Privileged Identity Management, and its end'];

const eachOnAzure = Object.entries(azureClouds).flatMap(([cloud, hosts]) =>
  Object.entries(onAzure)
    .filter(([name]) => cloud === 'AzureCloud' || showsAll.includes(name))
    .map(([name, asking]) => [cloud, name, hosts, asking] as const),
);

describeProxies(
  'with its real endpoints, through a proxy, a step on Azure connects only to the documented hosts (P7)',
  () => {
    it.each(eachOnAzure)('%s: %s', (cloud, _name, hosts, { inputs, asksGraph, post }) =>
      inAzure({ azure: { proxy: true, pim: { takesMs: 0 } } }, async (world) => {
        const given = { ...inputs, 'azure-environment': cloud };
        const main = await azureStep(world, given);
        expect(errors(main)).toBe('');
        const ends = post === true ? [await azureStep(world, given, { state: main.state, stage: 'post' })] : [];
        const all = [main, ...ends];
        for (const result of all) expectOnlyTheProxy(result);
        const asked = all.flatMap(({ requests }) => requests).filter(({ service }) => service === 'proxy');
        const names = new Set(asked.map(({ host }) => host));
        expect([...names].filter((host) => !isDocumented(host))).toEqual([]);
        const { login, arm, graph } = hosts;
        for (const host of [...arm, ...(asksGraph === true ? graph : [])]) expect(names).toContain(host);
        expect(
          [...names].filter((host) => ![...login, ...arm, ...(asksGraph === true ? graph : [])].includes(host)),
        ).toEqual([]);
      }),
    );
  },
);

describe('the hosts in docs/network.md', () => {
  it("are those of the services of the action's clients, in each partition, by the SDK's own rules (P7)", () => {
    for (const region of ['us-east-1', 'eu-west-1', 'us-gov-west-1', 'cn-north-1']) {
      for (const client of clientsIn(region)) {
        const { url } = client.config.endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false });
        expect([url.hostname, isDocumented(url.hostname)]).toEqual([url.hostname, true]);
      }
    }
  });

  it('include no unused host (P7)', () => {
    const known = new Set([
      '*.actions.githubusercontent.com',
      'api.github.com',
      ...['sts', 'sso', 'identitystore', 'scheduler'].map((service) => `${service}.<region>.amazonaws.com`),
      'organizations.us-east-1.amazonaws.com',
      'organizations.us-gov-west-1.amazonaws.com',
      'organizations.cn-northwest-1.amazonaws.com.cn',
      ...Object.values(azureClouds).flatMap(({ login, arm, graph }) => [...login, ...arm, ...graph]),
    ]);
    expect(new Set(documentedHosts)).toEqual(known);
  });

  it.each([
    'evil.example',
    'sso.us-east-1.amazonaws.com.evil.example',
    'xsts.us-east-1.amazonaws.com',
    'githubusercontent.com',
  ])('are not %s', (host) => {
    expect(isDocumented(host)).toBe(false);
  });
});

function clientsIn(region: string) {
  return [
    new STSClient({ region }),
    new SSOAdminClient({ region }),
    new IdentitystoreClient({ region }),
    new OrganizationsClient({ region }),
    new SchedulerClient({ region }),
  ];
}
