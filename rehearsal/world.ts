import { makeAgenda } from './agenda.ts';
import type { AzureOptions } from './azure/options.ts';
import { makeBuckets, type Buckets } from './buckets.ts';
import type { Cloud } from './aws/cloud.ts';
import { makeCredentialStore } from './aws/credentials.ts';
import { makeOperations, type OperationSettings } from './aws/operations.ts';
import { makeRate } from './aws/rate.ts';
import { BROKER, homeOf, rolesOf, type RoleOptions } from './aws/initial-roles.ts';
import { makeRoles, type Roles } from './aws/roles.ts';
import type { FiringSettings } from './aws/scheduler/courses.ts';
import { makeDeliver } from './aws/scheduler/deliver.ts';
import { makeScheduler } from './aws/scheduler/scheduler.ts';
import { makeSchedules, type Schedules } from './aws/scheduler/view.ts';
import { startAws } from './aws/server.ts';
import { startAzure, type AzureSide } from './azure/start.ts';
import type { AzureWorld } from './azure/world.ts';
import { startClock, type Clock } from './clock/coordinator.ts';
import type { Durations } from './aws/durations.ts';
import type { Serving } from './serving/dialect.ts';
import { loadEstate } from './estate-file/load.ts';
import type { Estate } from './estate.ts';
import { startIssuer, type Issuer } from './github/issuer.ts';
import { startRest, type GitHubWorld } from './github/rest.ts';
import { makeJournal, settledJournal, type Journal } from './journal.ts';
import { makeLiveEstate, type LiveEstate } from './aws/live.ts';
import { defaultContext, type RunContext } from './runner/context.ts';
import { makeScript, type Script } from './script.ts';
import type { RunningServer } from './serving/serve.ts';
import { makeState } from './aws/state.ts';

export type CloudName = 'aws' | 'azure';

export interface WorldOptions {
  /** Those that are started; default AWS alone. */
  readonly clouds?: readonly CloudName[];
  readonly azure?: AzureOptions;
  /** Default virtual. */
  readonly clock?: 'virtual' | 'real';
  /** When the virtual clock begins (ms epoch); default the real time. */
  readonly startAt?: number;
  /** An object or the path of a YAML file; default estate.yml. */
  readonly estate?: Estate | string;
  /** The broker role's IAM policy document: what it does not allow is denied. Default: allow all. */
  readonly policy?: unknown;
  /** Its trust policy document; default: the estate's repository and environment. */
  readonly trust?: unknown;
  /** Default arn:aws:iam::111122223333:role/access-broker, in the delegated administrator's account. */
  readonly roleArn?: string;
  /** Further roles that jobs may assume, each with a policy of its own (default: allow all); trusted like the broker role unless they say otherwise. */
  readonly roles?: readonly RoleOptions[];
  /**
   * The role that EventBridge Scheduler ends leases with. Default: `role/access-ender` in the broker's account, which
   * trusts the Scheduler for the schedule group `cloud-access` in the instance's Region and may delete every assignment.
   */
  readonly executionRole?: Partial<RoleOptions>;
  /** How the firings of schedules are spread; single ones are scripted with `world.schedules.script`. */
  readonly firings?: FiringSettings;
  readonly operations?: {
    /** How long asynchronous operations take: all alike, spread by a seed, or by a function; default 2500. */
    readonly durationMs?: Durations;
    /** The refusal of a start over the limits of outstanding operations; default ConflictException. */
    readonly overLimit?: 'ConflictException' | 'ThrottlingException';
  };
  /** A change becomes visible in lists only so long after it took effect; a new request id is not found in Describe* for statusMs. */
  readonly lag?: {
    readonly assignmentsMs?: number;
    readonly statusMs?: number;
    readonly provisioningMs?: number;
    /** Of ListSchedules; GetSchedule never lags. */
    readonly schedulesMs?: number;
  };
  /** Collective over sso-admin, per API of identitystore; default 20, null is off. */
  readonly throttlePerSecond?: number | null;
  /** Organizations says nothing of `Account.Paths`, as before 2026. */
  readonly organizationsWithoutPaths?: boolean;
  /** Whether a step may run in a process that has run others, which is quicker; default false, and never in real time. */
  readonly reusesProcesses?: boolean;
  /** `counts`: the journal keeps only how many requests there were of each operation. Default `entries`. */
  readonly journal?: 'entries' | 'counts';
}

/** A local GitHub, AWS and Azure, with the clock that they go by. */
export interface World {
  readonly clock: Clock;
  /** What a step needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly journal: Journal;
  readonly script: Script;
  /** AWS's. */
  readonly estate: LiveEstate;
  /** GitHub's REST API: its tokens, and how jobs stand. */
  readonly github: GitHubWorld;
  /** EventBridge Scheduler's. */
  readonly schedules: Schedules;
  /** The roles of IAM, which can be changed while the world runs. */
  readonly roles: Roles;
  /** Only in a world that has it. */
  readonly azure: AzureWorld;
  /** Every secret issued so far: GitHub's tokens, request tokens, ID tokens, secret access keys, session tokens, access tokens. */
  readonly secrets: () => readonly string[];
  /** ms epoch on the world's clock. */
  readonly now: () => number;
  /** Moves the clock. */
  advance(ms: number): Promise<void>;
  /** Somebody else draws on all quotas: from now on such a share of what comes into each bucket (0.5: half) is theirs, 0 ends it. */
  competitor(share: number): void;
  /** Credentials that the servers accept, for a step without a role to assume; default of the broker role. */
  ambientCredentials(roleArn?: string): Record<string, string>;
  close(): Promise<void>;
}

/** What the runner harness asks besides. */
interface Identifying {
  /** The run of a step that says nothing of its own: one of the estate's repository. */
  readonly context: RunContext;
  readonly reusesProcesses: boolean;
  /** Announces a job to the issuer and gives the OIDC variables of its steps. */
  identify(context: RunContext): Readonly<Record<string, string>>;
}

/** Starts everything. */
export async function startWorld(options: WorldOptions = {}): Promise<World & Identifying> {
  const estate = typeof options.estate === 'object' ? options.estate : loadEstate(options.estate);
  const clock = await startClock(options.clock ?? 'virtual', options.startAt);
  const agenda = makeAgenda(() => clock.now());
  const state = makeState(estate);
  const journal = makeJournal(options.journal);
  const script = makeScript(agenda, () => live);
  const settings = operationSettings(options);
  const operations = makeOperations(state, agenda, (operation) => script.outcomeOf(operation), settings);
  const live = makeLiveEstate(state, agenda, operations, settings.assignmentsLagMs);
  for (const assignment of estate.assignments ?? []) live.add(assignment);
  for (const { permissionSet, account, outdated } of estate.provisioned ?? [])
    state.setProvisioning(
      live.find.permissionSet(permissionSet).arn,
      live.find.account(account),
      outdated === true ? 'stale' : 'latest',
      -Infinity,
    );

  const serving = { clock, agenda, journal, script };
  const issuer = await startIssuer(serving, estate.identityProvider.issuer);
  const github = await startRest(serving, estate.repository.name);
  const identify = (context: RunContext): Readonly<Record<string, string>> => {
    github.world.announce(context);
    return { ...issuer.addJob(context), GITHUB_API_URL: github.world.url };
  };
  const credentials = makeCredentialStore();
  const roleArn = options.roleArn ?? BROKER;
  const home = homeOf(options, estate);
  const roles = makeRoles(rolesOf(options, estate, home));
  const scheduler = makeScheduler(
    agenda,
    makeDeliver(() => cloud, journal),
    { ...options.firings, partition: home.partition, lagMs: options.lag?.schedulesMs ?? 0 },
  );
  const buckets = makeBuckets(() => agenda.time());
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
    now: () => clock.now(),
    overRate: (service, operation) =>
      // The quotas of organizations are not known, those of the scheduler are thousands.
      service === 'sso' ? rate('sso') : service === 'identitystore' ? rate(operation) : undefined,
  };
  const context = contextOf(estate);
  const clouds = options.clouds ?? ['aws'];
  const aws = clouds.includes('aws') ? await startAws(serving, cloud) : null;
  const azure = clouds.includes('azure')
    ? await startAzureOf(serving, estate, issuer, options.azure ?? {}, buckets)
    : null;

  return {
    clock,
    env: {
      ...awsEndpoints(aws),
      ...azure?.env,
      ...identify(context),
      ...clock.env,
    },
    journal: settledJournal(journal, () => {
      agenda.settle();
    }),
    script,
    estate: live,
    github: github.world,
    schedules: makeSchedules(scheduler, agenda, home),
    roles,
    get azure(): AzureWorld {
      if (azure === null) throw new Error("This world has no Azure: start it with clouds: ['azure'].");
      return azure.world;
    },
    secrets: () => [...github.secrets(), ...issuer.secrets(), ...credentials.secrets(), ...(azure?.secrets() ?? [])],
    now: () => clock.now(),
    advance: async (ms) => {
      await clock.advance(ms);
      agenda.settle();
    },
    competitor: (share) => {
      buckets.compete(share);
    },
    ambientCredentials: (wanted = roleArn) => {
      const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(
        wanted,
        'ambient',
        clock.now() + 3_600_000,
      );
      return {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      };
    },
    context,
    reusesProcesses: options.reusesProcesses === true && clock.mode === 'virtual',
    identify,
    close: async () => {
      await azure?.close();
      await aws?.close();
      await github.close();
      await issuer.close();
      await clock.close();
    },
  };
}

function awsEndpoints(aws: RunningServer | null): Readonly<Record<string, string>> {
  if (aws === null) return {};
  const services = ['SSO_ADMIN', 'IDENTITYSTORE', 'ORGANIZATIONS', 'SCHEDULER', 'STS'];
  return Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, aws.url]));
}

function startAzureOf(
  serving: Serving,
  { azure, repository }: Estate,
  issuer: Issuer,
  options: AzureOptions,
  buckets: Buckets,
): Promise<AzureSide> {
  if (azure === undefined) throw new Error('The estate has no section `azure`.');
  return startAzure(serving, { estate: azure, repository, issuer, options, buckets });
}

function operationSettings({ operations = {}, lag = {} }: WorldOptions): OperationSettings {
  return {
    durations: operations.durationMs ?? 2500,
    overLimit: operations.overLimit ?? 'ConflictException',
    assignmentsLagMs: lag.assignmentsMs ?? 0,
    provisioningLagMs: lag.provisioningMs ?? 0,
  };
}

function contextOf({ repository }: Estate): RunContext {
  return {
    ...defaultContext,
    repository: repository.name,
    repositoryId: repository.id,
    ownerId: repository.ownerId,
    environment: repository.environment ?? null,
  };
}
