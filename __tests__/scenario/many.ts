import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { azureIds, scopes } from './azure-support.ts';
import { aws, azure, type TestCloud } from './clouds.ts';
import { ids, signIn } from './support.ts';

type Inputs = Step['inputs'];
type Three = Readonly<Record<'principal' | 'role' | 'target', readonly [string, string]>>;

/**
 * Eight grants in one cloud, two principals with two roles on two targets: for the common properties of many grants on
 * both.
 */
export interface ManyCloud extends TestCloud {
  /** Lines of the inputs, one by one: by IDs, and the same by names. */
  readonly idLines: Three;
  readonly nameLines: Three;
  /** Lines of a third principal, role and target of the same kinds, by IDs. */
  readonly others: Readonly<Record<keyof Three, string>>;
  /** Inputs that a sign-in needs too. */
  readonly signIn: Inputs;
  /** Makes the grant of this number, 0 to 7, as another caller would. */
  readonly addNth: (world: World, nth: number) => void;
  readonly removeNth: (world: World, nth: number) => void;
  readonly hasNth: (world: World, nth: number) => boolean;
  /** Number of all grants. */
  readonly total: (world: World) => number;
  /** An identity with read access only. */
  readonly readOnly: WorldOptions;
}

/** Lines of three inputs as in a workflow. */
function lines(of: Readonly<Record<keyof Three, readonly string[]>>): Inputs {
  return { principal: of.principal.join('\n'), role: of.role.join('\n'), target: of.target.join('\n') };
}

export function manyByIds(cloud: ManyCloud): Inputs {
  return { ...cloud.signIn, ...lines(cloud.idLines) };
}

export function manyByNames(cloud: ManyCloud): Inputs {
  return { ...cloud.signIn, ...lines(cloud.nameLines) };
}

/** Number of the eight grants that exist. */
export function held(cloud: ManyCloud, world: World): number {
  return eight.filter((nth) => cloud.hasNth(world, nth)).length;
}

/** Requests of a step that start a change. */
export function starts(cloud: TestCloud, { requests }: StepResult): StepResult['requests'] {
  return requests.filter((it) => cloud.isStart(it));
}

export const eight = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Maps the binary digits of a number to two principals, roles and targets. */
function pick<P, R, T>(nth: number, of: { principals: readonly P[]; roles: readonly R[]; targets: readonly T[] }) {
  const { principals, roles, targets } = of;
  const [principal, role, target] = [principals[(nth >> 2) & 1], roles[(nth >> 1) & 1], targets[nth & 1]];
  if (principal === undefined || role === undefined || target === undefined)
    throw new Error(`There is no grant ${nth}`);
  return { principal, role, target };
}

const awsParts = {
  principals: [
    { principalType: 'GROUP', principalId: ids.onCall },
    { principalType: 'USER', principalId: ids.alice },
  ],
  roles: [ids.readOnly, ids.incidentAdmin],
  targets: [ids.prod, ids.staging],
} as const;

function awsNth(nth: number) {
  const { principal, role, target } = pick(nth, awsParts);
  return { ...principal, permissionSetArn: role, accountId: target };
}

const reading = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        ...['sso:List*', 'sso:Describe*', 'organizations:List*', 'organizations:Describe*'],
        ...['identitystore:List*', 'identitystore:Describe*', 'identitystore:GetUserId', 'identitystore:GetGroupId'],
      ],
      Resource: '*',
    },
  ],
};

export const manyAws: ManyCloud = {
  ...aws,
  idLines: {
    principal: [`group:${ids.onCall}`, `user:${ids.alice}`],
    role: [ids.readOnly, ids.incidentAdmin],
    target: [ids.prod, ids.staging],
  },
  nameLines: {
    principal: ['group:Payments On-Call', 'user:alice@example.com'],
    role: ['ReadOnlyAccess', 'IncidentAdmin'],
    target: ['account:payments-prod', 'account:payments-staging'],
  },
  others: { principal: 'user:2448f4a8-70a1-7026-1c37-9a40cf1c0f5b', role: ids.breakGlass, target: ids.dataLake },
  signIn,
  addNth: ({ aws: { estate } }, nth) => {
    estate.add(awsNth(nth));
  },
  removeNth: ({ aws: { estate } }, nth) => {
    estate.remove(awsNth(nth));
  },
  hasNth: ({ aws: { estate } }, nth) => estate.has(awsNth(nth)),
  total: ({ aws: { estate } }) => estate.assignments().length,
  readOnly: { aws: { policy: reading } },
};

const azureParts = {
  principals: [azureIds.onCall, azureIds.alice],
  roles: [azureIds.reader, azureIds.blobReader],
  targets: [scopes.resourceGroup, '/subscriptions/11111111-2222-4333-8444-555555555502'],
} as const;

function azureNth(nth: number) {
  const { principal, role, target } = pick(nth, azureParts);
  return { principalId: principal, role, scope: target };
}

export const manyAzure: ManyCloud = {
  ...azure,
  idLines: {
    principal: [`group:${azureIds.onCall}`, `user:${azureIds.alice}`],
    role: azureParts.roles,
    target: azureParts.targets,
  },
  nameLines: {
    principal: ['group:Payments On-Call', 'user:alice@example.com'],
    role: ['Reader', 'Storage Blob Data Reader'],
    target: ['resource-group:payments-prod', 'subscription:payments-staging'],
  },
  others: {
    principal: `service-principal:${azureIds.deploy}`,
    role: '4d97b98b-1d4f-4787-a291-c67834d212e7',
    target: scopes.resource,
  },
  signIn: {},
  addNth: ({ azure: { estate } }, nth) => {
    estate.add(azureNth(nth));
  },
  removeNth: ({ azure: { estate } }, nth) => {
    estate.remove(azureNth(nth));
  },
  hasNth: ({ azure: { estate } }, nth) => estate.has(azureNth(nth)),
  total: ({ azure: { estate } }) => estate.assignments().length,
  readOnly: { azure: { callerRole: { permissions: [{ actions: ['*/read'] }] } } },
};

/** For `describe.each`. */
export const manyClouds: readonly (readonly [string, ManyCloud])[] = [
  ['AWS', manyAws],
  ['Azure', manyAzure],
];

/** Provides a folder that outlives the steps, as the workspace of a job does. */
export async function inFolder<T>(scene: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-test-'));
  try {
    return await scene(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The estate in which groups have other names: by their IDs, in either cloud. */
export function renamed(names: Readonly<Record<string, string>>): Estate {
  const estate = loadEstate();
  const rename = <G extends { readonly id: string; readonly displayName: string }>(
    groups: readonly G[],
  ): readonly G[] => groups.map((group) => ({ ...group, displayName: names[group.id] ?? group.displayName }));
  if (estate.azure === undefined) throw new Error('estate.yml has no Azure.');
  return {
    ...estate,
    // Existing access has its principals by name: the group keeps its access, with any new name.
    assignments: (estate.assignments ?? []).map((it) => ({
      ...it,
      principal: it.principal.replace('group:Auditors', `group:${ids.auditors}`),
    })),
    groups: rename(estate.groups),
    azure: { ...estate.azure, groups: rename(estate.azure.groups) },
  };
}

/** The first of the eight grants' principals, a group, and another one. */
export function groupIds(cloud: ManyCloud): Readonly<Record<'first' | 'other', string>> {
  return cloud === manyAws
    ? { first: ids.onCall, other: ids.auditors }
    : { first: azureIds.onCall, other: '96000000-0000-4000-8000-000000000004' };
}
