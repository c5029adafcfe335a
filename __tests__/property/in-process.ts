import { randomBytes } from 'node:crypto';
import { opening, type OpenCloud } from '../../src/access/declaration.ts';
import type { Budget } from '../../src/access/clock.ts';
import type { Cloud, Resolution } from '../../src/access/cloud.ts';
import { CloudError, InputFaults, Refusal } from '../../src/access/errors.ts';
import { unanswered } from '../../src/access/leases/liveness.ts';
import { checkGuards } from '../../src/access/plan/guards.ts';
import { isLineRequest } from '../../src/access/any-request.ts';
import { createConnections } from '../../src/action/connections.ts';
import { createTokenMint } from '../../src/action/github/id-token.ts';
import { readInputs } from '../../src/action/inputs/inputs.ts';
import { openAws } from '../../src/aws/cloud.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { openAzure } from '../../src/azure/cloud.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { defaultContext } from '../../rehearsal/runner/context.ts';
import { inputVariables, readMetadata } from '../../rehearsal/runner/inputs.ts';
import type { World } from '../../rehearsal/world.ts';
import { createFakeLog } from '../access/fake-log.ts';
import { root } from '../docs/repository.ts';
import { createSkippingClock } from './skipping-clock.ts';
import { someOrigin } from '../access/some-origin.ts';
import { eventOf } from '../action/github/event-of.ts';

type Inputs = Readonly<Record<string, string>>;

/** The shipped code's reading of a step's inputs; nothing is changed. */
export type Understood =
  | { readonly kind: 'fault'; readonly inputs: readonly string[]; readonly text: string; readonly requests: number }
  /** `byCloud`: in the cloud's own words, at the first refused look-up. */
  | { readonly kind: 'refusal'; readonly text: string; readonly byCloud: boolean }
  | {
      readonly kind: 'grants';
      readonly grants: Resolution['grants'];
      readonly notices: string;
    };

export interface InProcess {
  /** From the texts of the inputs to exact grants, each time with a cloud of its own, as a step has it. */
  understand(inputs: Inputs): Promise<Understood>;
  close(): void;
}

const clouds = {
  aws: opening(awsDeclaration, openAws),
  azure: opening(azureDeclaration, (settings, tools) => Promise.resolve(openAzure(settings, tools))),
};

const budgetMs = 120_000;

/** Opens the action's own code on a world's servers, over real sockets; environment variables are set until it is closed. */
export async function openInProcess(world: World, variables: Inputs = {}): Promise<InProcess> {
  const metadata = await readMetadata(`${root}action.yml`);
  const env: Inputs = { ...world.env, ...variables };
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  const connections = createConnections();
  // The effect of NODE_EXTRA_CA_CERTS on a process that begins with it.
  const ca = certificateOf(world);
  if (ca !== null) connections.agentsFor(new URL('https://127.0.0.1')).https.options.ca = ca;
  const ended = new AbortController();

  const open = async (openCloud: OpenCloud): Promise<{ readonly cloud: Cloud; readonly budget: Budget }> => {
    const clock = createSkippingClock();
    const log = createFakeLog();
    const mask = (): void => undefined;
    const { random } = Math;
    const url = new URL(env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
    const requestToken = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
    const tokens = createTokenMint({ url, requestToken }, { clock, random, log, mask, connections });
    const product = ['cloud-access', 'test'] as const;
    const around = { clock, random, log, mask, connections, product };
    const tools = { ...around, randomBytes, tokens, origin: someOrigin, liveness: unanswered('not requested here') };
    const cloud = await openCloud({ ...tools, requestsPerSecond: null, signInUntil: null });
    return { cloud, budget: { until: clock.now() + budgetMs, signal: ended.signal } };
  };

  return {
    async understand(inputs) {
      const mark = world.journal.mark();
      const surroundings = {
        variables: new Map(Object.entries({ ...env, ...inputVariables(metadata, inputs, defaultContext) })),
        file: () => null,
        homeFolder: '/nowhere',
        runName: '1-1-1',
      };
      try {
        const read = readInputs<OpenCloud>(clouds, {
          surroundings,
          event: eventOf('workflow_dispatch'),
          tokenFault: null,
        });
        const { request, settings } = read;
        if (!isLineRequest(request)) throw new TypeError(`${request.operation} has no grants to resolve`);
        const { cloud, budget } = await open(settings);
        const resolution = await cloud.resolve(request, budget);
        await checkGuards(request, resolution, cloud, budget);
        const { grants, notices, leftOut = [] } = resolution;
        return { kind: 'grants', grants, notices: [...leftOut, ...notices].join('\n') };
      } catch (error) {
        if (error instanceof InputFaults) {
          const wrong = [...new Set(error.faults.map(({ input }) => input))].sort();
          const text = error.faults.map(({ input, problem }) => `${input} ${problem}`).join('\n');
          return { kind: 'fault', inputs: wrong, text, requests: world.journal.since(mark).length };
        }
        if (error instanceof Refusal) return { kind: 'refusal', text: inFull(error), byCloud: false };
        // The cloud itself refused a look-up: as red as a refusal by this action, and as early.
        if (error instanceof CloudError) return { kind: 'refusal', text: error.message, byCloud: true };
        throw error;
      }
    },
    close() {
      ended.abort();
      connections.close();
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    },
  };
}

function inFull({ message, hint, details }: Refusal): string {
  return [message, ...details, hint].join('\n');
}

function certificateOf(world: World): string | null {
  return world.env['NODE_EXTRA_CA_CERTS'] === undefined ? null : world.azure.ca;
}
