import { describe } from '@jest/globals';
import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import { startWorld, type World, type WorldOptions } from '../../rehearsal/world.ts';
import { readText } from '../docs/repository.ts';
import { expectOnlyLocal } from './strangers.ts';

/** Names in the default estate (rehearsal/estate.yml) of the things in the scenarios. */
export const ids = {
  region: 'us-east-1',
  instance: 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
  store: 'd-90679a1b2c',
  storeArn: 'arn:aws:identitystore::444455556666:identitystore/d-90679a1b2c',
  broker: 'arn:aws:iam::111122223333:role/access-broker',
  management: '444455556666',
  prod: '123456789012',
  staging: '777788889999',
  dataLake: '012345678901',
  suspended: '999900001111',
  onCall: '9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-0a1b2c3d4e5f',
  auditors: '84a8f408-6091-7017-9b2e-5d4c3b2a1f00',
  alice: '9067642c1a-6b1e2f3a-0c4d-4e5f-8a6b-7c8d9e0f1a2b',
  readOnly: permissionSet('ps-1a2b3c4d5e6f7081'),
  incidentAdmin: permissionSet('ps-3c4d5e6f708192a3'),
  breakGlass: permissionSet('ps-4d5e6f708192a3b4'),
  needsPolicy: permissionSet('ps-5e6f708192a3b4c5'),
} as const;

function permissionSet(id: string): string {
  return `arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/${id}`;
}

export const signIn = { cloud: 'aws', 'aws-region': ids.region, 'aws-role-to-assume': ids.broker } as const;

/** A grant by IDs with everything pinned: nothing is looked up. */
export const byIds = {
  ...signIn,
  'aws-instance-arn': ids.instance,
  'aws-identity-store-id': ids.storeArn,
  principal: `group:${ids.onCall}`,
  target: ids.prod,
  role: ids.incidentAdmin,
} as const;

/** The same grant by names. */
export const byNames = {
  ...signIn,
  principal: 'group:Payments On-Call',
  target: 'account:payments-prod',
  role: 'IncidentAdmin',
} as const;

/** The same permission set pushed to one account, and everywhere. */
export const pushOne = { ...signIn, operation: 'provision', role: ids.readOnly, target: ids.prod } as const;
export const pushAll = { ...signIn, operation: 'provision', role: ids.readOnly, target: 'all' } as const;

/** An event of the repository's own pull request, whose token names no branch. */
export const ownPullRequest = {
  event: 'pull_request',
  payload: {
    repository: { id: 74_901, full_name: 'octo-org/infra' },
    pull_request: { head: { repo: { id: 74_901, fork: false } }, base: { repo: { id: 74_901, fork: false } } },
  },
} as const;

/** The account assignment of `byIds` and `byNames`. */
export const onCallAssignment = {
  accountId: ids.prod,
  permissionSetArn: ids.incidentAdmin,
  principalType: 'GROUP',
  principalId: ids.onCall,
} as const;

/** Windows ends a process instead of sending a signal: tests of signals are reported as skipped there. */
export const describeSignals = process.platform === 'win32' ? describe.skip : describe;

/** Runs scenes in a world of their own, which is always closed. */
export async function inWorld<T>(options: WorldOptions, scene: (world: World) => Promise<T>): Promise<T> {
  const world = await startWorld({ reusesProcesses: true, ...options });
  try {
    return await scene(world);
  } finally {
    await world.close();
  }
}

/** Runs a main step and checks the rules of every scenario: no leak, no broken file, no stack trace, no stranger. */
export async function step(world: World, inputs: Step['inputs'], more: Omit<Step, 'inputs'> = {}): Promise<StepResult> {
  return checked(world, await runStep(world, { ...more, inputs }));
}

/** Checks the end of a step against the rules of every scenario. */
export function checked(world: World, result: StepResult): StepResult {
  const leaks = result.leaked(world.secrets());
  if (leaks.length > 0) throw new Error(`secrets leaked: ${leaks.join('; ')}\n${result.log}`);
  const broken = result.fileProblems.filter((it) => !isTorn(it, result));
  if (broken.length > 0) throw new Error(`broken files: ${broken.join('; ')}\n${result.log}`);
  if (/^\s+at .+\(?(?:file|node):/mu.test(result.log)) throw new Error(`a stack trace for a user\n${result.log}`);
  expectOnlyLocal(result);
  return result;
}

/**
 * True if the kernel has cut the entry that was being written: a SIGKILL ends a write between two pages. The runner
 * keeps the text before it, which the post step must handle.
 */
function isTorn(problem: string, { signal }: StepResult): boolean {
  return signal === 'SIGKILL' && problem.startsWith('GITHUB_STATE:');
}

/** Number of requests of each operation. */
export function calls({ requests }: Pick<StepResult, 'requests'>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operation } of requests) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** All error annotations in one text. */
export function errors({ annotations }: Pick<StepResult, 'annotations'>): string {
  return annotations
    .filter(({ level }) => level === 'error')
    .map(({ message, title }) => `${title ?? ''}\n${message}`)
    .join('\n');
}

/** Faults of the inputs, a line each and those of examples, without the marks of a list. */
export function faultLines({ outputs }: Pick<StepResult, 'outputs'>): readonly string[] {
  return (outputs['failure-reason'] ?? '').split('\n').map((line) => line.replace(/^- /u, ''));
}

/** An ID token of the job for AWS, as an earlier step would have stored it. */
export async function idToken(world: World): Promise<string> {
  const url = new URL(world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  url.searchParams.set('audience', 'sts.amazonaws.com');
  const headers = { authorization: `Bearer ${world.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` };
  const { value } = (await (await fetch(url, { headers })).json()) as { readonly value: string };
  return value;
}

/** A policy or trust document of docs/policies, as the README shows it. */
export function policy(name: string): unknown {
  return JSON.parse(readText(`docs/policies/${name}.json`)) as unknown;
}

/** Processes a list, several items at once, and gathers the results in the list's order. */
export async function severalAtOnce<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R> | R,
  atOnce = 3,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next;
      results[index] = await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
