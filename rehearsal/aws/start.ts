import type { Estate } from '../estate.ts';
import type { Serving } from '../serving/dialect.ts';
import type { RunningServer } from '../serving/serve.ts';
import type { Setting, Side } from '../side.ts';
import type { Cloud } from './cloud.ts';
import { makeCredentialStore, type CredentialStore } from './credentials.ts';
import { BROKER, homeOf, rolesOf } from './initial-roles.ts';
import { makeLiveEstate, type LiveEstate } from './live.ts';
import { makeOperations, type OperationSettings } from './operations.ts';
import type { AwsOptions } from './options.ts';
import { makeRate } from './rate.ts';
import { makeRoles } from './roles.ts';
import { makeDeliver } from './scheduler/deliver.ts';
import { makeScheduler } from './scheduler/scheduler.ts';
import { makeSchedules } from './scheduler/view.ts';
import { serveAws } from './server.ts';
import { makeState, type State } from './state.ts';
import type { AwsWorld } from './world.ts';

/** A running AWS. */
export type AwsSide = Side<AwsWorld>;

/** Starts all services of AWS on one server. */
export async function startAws(
  serving: Serving,
  { estate, issuer, options, buckets }: Setting<AwsOptions>,
): Promise<AwsSide> {
  const { agenda, journal, script } = serving;
  const now = (): number => serving.clock.now();
  const state = makeState(estate);
  const settings = operationSettings(options);
  const operations = makeOperations(state, agenda, (operation) => script.outcomeOf(operation), settings);
  const live = makeLiveEstate(state, agenda, operations, settings.assignmentsLagMs);
  begin(estate, state, live);

  const credentials = makeCredentialStore();
  const home = homeOf(options, estate);
  const roles = makeRoles(rolesOf(options, estate, home));
  const scheduler = makeScheduler(
    agenda,
    makeDeliver(() => cloud, journal),
    { ...options.firings, partition: home.partition, lagMs: options.lag?.schedulesMs ?? 0 },
  );
  const rate = makeRate(options.throttlePerSecond === undefined ? 20 : options.throttlePerSecond, buckets);
  const cloud: Cloud = {
    state,
    agenda,
    operations,
    credentials,
    issuer,
    roles,
    partition: home.partition,
    scheduler,
    statusLagMs: options.lag?.statusMs ?? 0,
    withoutPaths: options.organizationsWithoutPaths ?? false,
    now,
    overRate: (service, operation) =>
      // The quotas of organizations are not known, those of the scheduler are thousands.
      service === 'sso' ? rate('sso') : service === 'identitystore' ? rate(operation) : undefined,
  };
  const server = await serveAws(serving, cloud);

  return {
    world: {
      estate: live,
      schedules: makeSchedules(scheduler, agenda, home),
      roles,
      ambientCredentials: (roleArn = options.roleArn ?? BROKER) => ambient(credentials, roleArn, now()),
    },
    env: endpoints(server),
    secrets: () => credentials.secrets(),
    close: () => server.close(),
  };
}

function operationSettings({ operations = {}, lag = {} }: AwsOptions): OperationSettings {
  return {
    durations: operations.durationMs ?? 2500,
    overLimit: operations.overLimit ?? 'ConflictException',
    assignmentsLagMs: lag.assignmentsMs ?? 0,
    provisioningLagMs: lag.provisioningMs ?? 0,
  };
}

/** Assignments and provisioned permission sets at the start. */
function begin({ assignments = [], provisioned = [] }: Estate, state: State, live: LiveEstate): void {
  for (const assignment of assignments) live.add(assignment);
  for (const { permissionSet, account, outdated } of provisioned)
    state.setProvisioning(
      live.find.permissionSet(permissionSet).arn,
      live.find.account(account),
      outdated === true ? 'stale' : 'latest',
      -Infinity,
    );
}

function ambient(credentials: CredentialStore, roleArn: string, now: number): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(roleArn, 'ambient', now + 3_600_000);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

function endpoints({ url }: RunningServer): Readonly<Record<string, string>> {
  const services = ['SSO_ADMIN', 'IDENTITYSTORE', 'ORGANIZATIONS', 'SCHEDULER', 'STS'];
  return Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url]));
}
