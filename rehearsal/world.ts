import { makeAgenda } from './agenda.ts';
import type { AwsOptions } from './aws/options.ts';
import { startAws } from './aws/start.ts';
import type { AwsWorld } from './aws/world.ts';
import type { AzureOptions } from './azure/options.ts';
import { startAzure } from './azure/start.ts';
import type { AzureWorld } from './azure/world.ts';
import { makeBuckets } from './buckets.ts';
import { startClock, type Clock } from './clock/coordinator.ts';
import { loadEstate } from './estate-file/load.ts';
import type { Estate } from './estate.ts';
import { startIssuer } from './github/issuer.ts';
import { startRest, type GitHubWorld } from './github/rest.ts';
import { makeJournal, settledJournal, type Journal } from './journal.ts';
import { defaultContext, type RunContext } from './runner/context.ts';
import { makeScript, type Script } from './script.ts';
import type { Side } from './side.ts';

export type CloudName = 'aws' | 'azure';

export interface WorldOptions {
  /** Clouds to start; default AWS alone. */
  readonly clouds?: readonly CloudName[];
  readonly aws?: AwsOptions;
  readonly azure?: AzureOptions;
  /** Default virtual. */
  readonly clock?: 'virtual' | 'real';
  /** Beginning of the virtual clock (ms epoch); default the real time. */
  readonly startAt?: number;
  /** An object or the path of a YAML file; default estate.yml. */
  readonly estate?: Estate | string;
  /**
   * True if a step can run in a process that has run others, which is quicker; default false, and never in real time.
   */
  readonly reusesProcesses?: boolean;
  /** `counts`: the journal keeps only how many requests there were of each operation. Default `entries`. */
  readonly journal?: 'entries' | 'counts';
}

/** A local GitHub, AWS and Azure, with the clock that they go by. */
export interface World {
  readonly clock: Clock;
  /** Environment of a step. */
  readonly env: Readonly<Record<string, string>>;
  readonly journal: Journal;
  readonly script: Script;
  /** GitHub's REST API: its tokens, the states of jobs, the repository and its people. */
  readonly github: GitHubWorld;
  /** Only in a world that has it. */
  readonly aws: AwsWorld;
  /** Only in a world that has it. */
  readonly azure: AzureWorld;
  /** Every secret issued so far: GitHub's tokens, request tokens, ID tokens, secret access keys, session tokens, access tokens. */
  readonly secrets: () => readonly string[];
  /** ms epoch on the world's clock. */
  readonly now: () => number;
  /** Moves the clock. */
  advance(ms: number): Promise<void>;
  /**
   * Sets the share of other clients in the quotas of all clouds: from now on this share of each bucket's refill (0.5:
   * half) is theirs, 0 ends it.
   */
  competitor(share: number): void;
  close(): Promise<void>;
}

/** Other requirements of the runner harness. */
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
  const journal = makeJournal(options.journal);
  const script = makeScript(agenda);
  const serving = { clock, agenda, journal, script };
  const context = contextOf(estate);
  const issuer = await startIssuer(serving, estate.identityProvider.issuer);
  const github = await startRest(serving, context);
  const identify = (context: RunContext): Readonly<Record<string, string>> => {
    github.world.announce(context);
    return { ...issuer.addJob(context), GITHUB_API_URL: github.world.url };
  };

  const buckets = makeBuckets(() => agenda.time());
  const setting = { estate, issuer, buckets };
  const clouds = options.clouds ?? ['aws'];
  const aws = clouds.includes('aws') ? await startAws(serving, { ...setting, options: options.aws ?? {} }) : null;
  const azure = clouds.includes('azure')
    ? await startAzure(serving, { ...setting, options: options.azure ?? {} })
    : null;
  const sides = [aws, azure].filter((side) => side !== null);

  return {
    clock,
    env: { ...aws?.env, ...azure?.env, ...identify(context), ...clock.env },
    journal: settledJournal(journal, () => {
      agenda.settle();
    }),
    script,
    github: github.world,
    get aws(): AwsWorld {
      return seen('aws', aws);
    },
    get azure(): AzureWorld {
      return seen('azure', azure);
    },
    secrets: () => [...github.secrets(), ...issuer.secrets(), ...sides.flatMap((side) => side.secrets())],
    now: () => clock.now(),
    advance: async (ms) => {
      await clock.advance(ms);
      agenda.settle();
    },
    competitor: (share) => {
      buckets.compete(share);
    },
    context,
    reusesProcesses: options.reusesProcesses === true && clock.mode === 'virtual',
    identify,
    close: async () => {
      for (const side of sides.toReversed()) await side.close();
      await github.close();
      await issuer.close();
      await clock.close();
    },
  };
}

function seen<CloudWorld>(cloud: CloudName, side: Side<CloudWorld> | null): CloudWorld {
  if (side === null) throw new Error(`This world has no ${cloud}: start it with clouds: ['${cloud}'].`);
  return side.world;
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
