import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { onCallBlobReader } from './azure-support.ts';
import { aws, azure, type TestCloud } from './clouds.ts';
import { ids, onCallAssignment, pushAll, pushOne } from './support.ts';

/** A change by a step, and the check in the cloud that it was made. */
export interface Case {
  readonly cloud: TestCloud;
  readonly inputs: Step['inputs'];
  readonly prepare: (world: World) => void;
  readonly reached: (world: World) => boolean;
  /** Number of changes that it makes: of AWS's provisioning one for each account. */
  readonly changes: number;
}

const nothing = (): undefined => undefined;
const readOnlyAssignment = { ...onCallAssignment, permissionSetArn: ids.readOnly };
const latestEverywhere = ({ aws: { estate } }: World): boolean => estate.outdated().length === 0;

export const cases = {
  'assign by ids': { cloud: aws, inputs: aws.byIds, prepare: nothing, reached: aws.has, changes: 1 },
  'assign by names': {
    cloud: aws,
    inputs: { ...aws.byNames, role: 'ReadOnlyAccess' },
    prepare: nothing,
    reached: ({ aws: { estate } }) => estate.has(readOnlyAssignment),
    changes: 1,
  },
  revoke: {
    cloud: aws,
    inputs: { ...aws.byIds, operation: 'revoke' },
    prepare: aws.grant,
    reached: (world) => !aws.has(world),
    changes: 1,
  },
  'provision one account': {
    cloud: aws,
    inputs: pushOne,
    prepare: ({ aws: { estate } }) => {
      estate.makeOutdated('ReadOnlyAccess', 'payments-prod');
    },
    reached: latestEverywhere,
    changes: 1,
  },
  'provision all accounts': {
    cloud: aws,
    inputs: pushAll,
    prepare: ({ aws: { estate } }) => {
      estate.edit('ReadOnlyAccess');
    },
    reached: latestEverywhere,
    changes: 3,
  },
} satisfies Readonly<Record<string, Case>>;

const descriptionOf = ({ azure: { estate } }: World): string | null | undefined =>
  estate.find(onCallBlobReader)?.description;

export const azureCases = {
  'assign by ids': { cloud: azure, inputs: azure.byIds, prepare: nothing, reached: azure.has, changes: 1 },
  'assign by names': { cloud: azure, inputs: azure.byNames, prepare: nothing, reached: azure.has, changes: 1 },
  'assign what is there': {
    cloud: azure,
    inputs: azure.byIds,
    prepare: azure.grant,
    reached: azure.has,
    changes: 0,
  },
  revoke: {
    cloud: azure,
    inputs: { ...azure.byIds, operation: 'revoke' },
    prepare: azure.grant,
    reached: (world) => !azure.has(world),
    changes: 1,
  },
  'another description': {
    cloud: azure,
    inputs: { ...azure.byIds, description: 'on call in week 48' },
    prepare: ({ azure: { estate } }) => {
      estate.add({ ...onCallBlobReader, description: 'on call in week 47' });
    },
    reached: (world) => descriptionOf(world) === 'on call in week 48',
    changes: 1,
  },
} satisfies Readonly<Record<string, Case>>;

/** Faults that can occur at any request of any cloud. */
const common = {
  'a throttle': { kind: 'throttle' },
  'a throttle that says for how long': { kind: 'throttle', retryAfterSeconds: 3 },
  'a 5xx': { kind: 'error', status: 500, code: 'InternalServerException', message: 'try later' },
  'a reset': { kind: 'reset' },
  'a lost response': { kind: 'lost' },
  'an answer that breaks off in its middle': { kind: 'broken' },
  'no answer': { kind: 'hang' },
} satisfies Readonly<Record<string, Effect>>;

export const effects = {
  ...common,
  'a conflict': { kind: 'conflict' },
  'a 5xx in HTML': { kind: 'http', status: 500, body: '<html><h1>Bad Gateway</h1></html>', contentType: 'text/html' },
} satisfies Readonly<Record<string, Effect>>;

/** A conflict on the way to a role assignment is not one of Azure's responses; a token that has just expired is. */
export const azureEffects = {
  ...common,
  'a 5xx in HTML': { kind: 'http', status: 503, body: '<html><h1>Service Unavailable</h1></html>' },
  'a refused token': { kind: 'error', status: 401, code: 'ExpiredAuthenticationToken', message: 'it has ended' },
} satisfies Readonly<Record<string, Effect>>;
