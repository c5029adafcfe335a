import type { Dialect, Serving } from '../serving/dialect.ts';
import { serve, type RunningServer } from '../serving/serve.ts';
import type { Setting, Side } from '../side.ts';
import { subjectsOf } from '../subjects.ts';
import { armDialect } from './arm/dialect.ts';
import { makeArmState } from './arm/state.ts';
import { writeCommand } from './cli/command.ts';
import { startCliServer } from './cli/server.ts';
import { makeCliSession } from './cli/session.ts';
import type { AzureCloud } from './cloud.ts';
import { entraDialect } from './entra.ts';
import { makeEnvironments, type CloudEnvironment, type Environments } from './environments.ts';
import { brokerOf } from './principals.ts';
import type { AzureEstate } from './estate.ts';
import { graphDialect } from './graph/dialect.ts';
import { makeLiveAzure } from './live.ts';
import { withMetadata } from './metadata.ts';
import type { AzureOptions, FederatedCredential } from './options.ts';
import { makeLivePim } from './pim/live.ts';
import { makePim } from './pim/pim.ts';
import { startAzureProxy } from './proxy.ts';
import { certificates, writeTrust } from './tls.ts';
import { makeTokens } from './tokens.ts';
import type { AzureIds, AzureWorld } from './world.ts';

/** A running Azure. */
export type AzureSide = Side<AzureWorld>;

/** Starts Entra, ARM and Graph, the CLI's session and, if wanted, the proxy. */
export async function startAzure(serving: Serving, setting: Setting<AzureOptions>): Promise<AzureSide> {
  const { options, issuer } = setting;
  const { azure: estate, repository } = setting.estate;
  if (estate === undefined) throw new Error('The estate has no section `azure`.');
  const now = (): number => serving.clock.now();
  const tokens = makeTokens(estate, now);
  const known: { environments?: Environments } = {};
  const environments = (): Environments => {
    if (known.environments === undefined) throw new Error('The servers of Azure are still starting.');
    return known.environments;
  };
  const state = makeArmState(estate, serving.agenda, options);
  const cloud: AzureCloud = {
    estate,
    arm: state,
    pim: makePim(estate, serving.agenda, state, options),
    tokens,
    options,
    buckets: setting.buckets,
    agenda: serving.agenda,
    now,
    armAudiences: (host) => environments().of(host).armAudiences,
  };
  const certificate = await certificates();
  const start = (dialect: Dialect): Promise<RunningServer> => serve(serving, dialect, certificate);
  const credentialsFor = (of: CloudEnvironment, trusts?: readonly string[]): readonly FederatedCredential[] =>
    subjectsOf(repository, trusts).map((subject) => ({
      issuer: issuer.issuer,
      subject,
      audience: of.exchangeAudience,
    }));
  const login = await start(entraDialect({ estate, options, issuer, tokens, environments, credentialsFor, now }));
  const arm = await start(withMetadata(armDialect(cloud), environments, options));
  const graph = await start(graphDialect(cloud, (host) => environments().of(host)));
  known.environments = makeEnvironments({ login: hostOf(login), arm: hostOf(arm), graph: hostOf(graph) }, options);

  const session = makeCliSession(cloud);
  const usual = options.proxy === true ? environments().named('AzureCloud') : environments().own;
  session.login(usual);
  const cliServer = await startCliServer(serving, session, estate);
  const command = await writeCommand(hostOf(cliServer));
  const trust = await writeTrust(certificate);
  const ports = { login: portOf(login), arm: portOf(arm), graph: portOf(graph) };
  const proxy = options.proxy === true ? await startAzureProxy(serving, ports) : null;
  const ids = idsOf(estate);

  return {
    world: {
      environment: arm.url,
      ids,
      inputs: inputsOf(ids, proxy === null ? { environment: arm.url, cloud: environments().own } : null),
      estate: makeLiveAzure(estate, cloud.arm),
      pim: makeLivePim(cloud.pim, estate, cloud.arm, serving.agenda),
      cli: command.env,
      loginCli: (name) => {
        session.login(name === undefined ? usual : environments().named(name));
      },
      logoutCli: () => {
        session.logout();
      },
      ca: certificate.ca,
      login: login.url,
      graph: graph.url,
      token: (audience = environments().own.armAudiences[0] ?? '') => tokens.issue({ audience }),
    },
    env: { NODE_EXTRA_CA_CERTS: trust.path, ...(proxy === null ? {} : { HTTPS_PROXY: proxy.url }) },
    secrets: () => tokens.secrets(),
    close: async () => {
      for (const server of [proxy, cliServer, graph, arm, login]) await server?.close();
      await command.remove();
      await trust.remove();
    },
  };
}

function idsOf(estate: AzureEstate): AzureIds {
  const { appId, id } = brokerOf(estate);
  return {
    tenantId: estate.tenant.id,
    subscriptionId: estate.subscription,
    clientId: appId,
    callerObjectId: id,
  };
}

/** Null: the well-known cloud, which needs no address. */
function inputsOf(
  { clientId, tenantId, subscriptionId }: AzureIds,
  own: { readonly environment: string; readonly cloud: CloudEnvironment } | null,
): Readonly<Record<string, string>> {
  return {
    'azure-client-id': clientId,
    'azure-tenant-id': tenantId,
    'azure-subscription-id': subscriptionId,
    ...(own === null ? {} : { 'azure-environment': own.environment, 'azure-audience': own.cloud.exchangeAudience }),
  };
}

function hostOf({ url }: RunningServer): string {
  return new URL(url).host;
}

function portOf({ url }: RunningServer): number {
  return Number(new URL(url).port);
}
