import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect, RequestMatch } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { azureByIds, azureByNames, azureStep, onCallBlobReader } from './azure-support.ts';
import { byIds, byNames, onCallAssignment, step } from './support.ts';

type Inputs = Step['inputs'];

/** One grant in one cloud, the inputs for it, and the real state: for scenarios that apply to both. */
export interface TestCloud {
  /** Options of a world that has it. */
  readonly world: WorldOptions;
  readonly byIds: Inputs;
  readonly byNames: Inputs;
  /** Runs a main step that is signed in by its ID token. */
  readonly step: (world: World, inputs: Inputs, more?: Omit<Step, 'inputs'>) => Promise<StepResult>;
  /** Makes the grant as another caller would. */
  readonly grant: (world: World) => void;
  readonly has: (world: World) => boolean;
  /** Number of changes that the cloud has made on request. */
  readonly changes: (world: World) => number;
  /** Number of started changes: one without an effect counts too. */
  readonly started: (world: World) => number;
  /** True if a request starts a change. */
  readonly isStart: (entry: JournalEntry) => boolean;
  /** Request ID that a step must name, empty while it cannot know one. */
  readonly requestId: (world: World, result: Pick<StepResult, 'requests'>) => string;
  /** The operation of the read that shows the grant. */
  readonly readBack: string;
  /** Number of times that an ID token can be presented. */
  readonly idTokenUses: number;
  /** A world in which a change needs minutes to end or to be visible, and the request that checks it. */
  readonly slow: WorldOptions;
  readonly asking: RequestMatch;
  /** A temporary refusal of the start. */
  readonly refusal: Effect;
}

const awsStarts = new Set(['CreateAccountAssignment', 'DeleteAccountAssignment', 'ProvisionPermissionSet']);
const azureStarts = new Set(['roleAssignments.put', 'roleAssignments.delete']);

export const aws: TestCloud = {
  world: { clouds: ['aws'] },
  byIds,
  byNames,
  step,
  grant: ({ aws: { estate } }) => {
    estate.add(onCallAssignment);
  },
  has: ({ aws: { estate } }) => estate.has(onCallAssignment),
  changes: ({ aws: { estate } }) => estate.effectiveChanges().length,
  started: ({ aws: { estate } }) => estate.operations().length,
  isStart: ({ operation }) => awsStarts.has(operation),
  // An operation can be found again by its grant, with any state of its response.
  requestId: ({ aws: { estate } }) => estate.operations()[0]?.requestId ?? '',
  readBack: 'ListAccountAssignments',
  // STS takes a token once.
  idTokenUses: 1,
  slow: { aws: { operations: { durationMs: 60_000 } } },
  asking: { operation: 'DescribeAccountAssignmentCreationStatus' },
  refusal: { kind: 'conflict' },
};

export const azure: TestCloud = {
  world: { clouds: ['azure'] },
  byIds: azureByIds,
  byNames: azureByNames,
  step: azureStep,
  grant: ({ azure: { estate } }) => {
    estate.add(onCallBlobReader);
  },
  has: ({ azure: { estate } }) => estate.has(onCallBlobReader),
  changes: ({ azure: { estate } }) => estate.effectiveChanges().length,
  started: ({ azure: { estate } }) => estate.effectiveChanges().length,
  isStart: ({ operation }) => azureStarts.has(operation),
  // It is only in the response, and cannot be found again. A 204 changed nothing.
  requestId: (_world, { requests }) =>
    requests.findLast(
      (it) => azureStarts.has(it.operation) && (it.status === 200 || it.status === 201) && it.outcome === 'ok',
    )?.requestId ?? '',
  readBack: 'roleAssignments.list',
  idTokenUses: Infinity,
  slow: { azure: { lag: { readMs: 60_000, deleteMs: 60_000 } } },
  // The first read is for the plan.
  asking: { operation: 'roleAssignments.list', nth: 3 },
  refusal: { kind: 'error', status: 400, code: 'PrincipalNotFound', message: 'Principal does not exist.' },
};

/** For `describe.each`. */
export const clouds: readonly (readonly [string, TestCloud])[] = [
  ['AWS', aws],
  ['Azure', azure],
];
