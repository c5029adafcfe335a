import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { StormOptions } from '../../rehearsal/storm.ts';
import { errors } from './support.ts';

/** Faults of the storm. */
export const weather = {
  seed: 5,
  throttles: 0.3,
  outages: 0.1,
  resets: 0.05,
  lost: 0.05,
  conflicts: 0.05,
} as const satisfies StormOptions;

/** Longer than any storm, by the clock of the world. */
export const patience = '6h';

/** Number of places, with ten grants each; `STORM_PLACES=100` makes it the thousand, which takes minutes. */
export const placeCount = Number(process.env['STORM_PLACES'] ?? 15);

/** A safety net in real time, in milliseconds. */
export const netMs = 600_000;

/** One grant of `results-file`. */
export interface Reported {
  readonly status: string;
  readonly changed: boolean;
  readonly 'request-id': string;
  readonly 'principal-id': string;
  readonly 'role-id': string;
  readonly 'target-id': string;
  readonly 'failure-reason': string;
}

/** All grants of a step, from the file that it wrote. */
export function reportedBy(result: StepResult): readonly Reported[] {
  const path = result.outputs['results-file'] ?? '';
  const text = result.file(path);
  if (text === undefined) throw new Error(`There is no results-file at "${path}".\n${result.log.slice(-20_000)}`);
  return (JSON.parse(text) as { readonly results: readonly Reported[] }).results;
}

/**
 * Result of a storm: where nothing can succeed, all of it has failed, and everything else is as requested, done once.
 */
export interface Aftermath {
  readonly reported: readonly Reported[];
  /** True if a grant is in a place where nothing can succeed. */
  readonly isFailing: (grant: Reported) => boolean;
  /** True if the grant is really as requested. */
  readonly isDone: (grant: Reported) => boolean;
  /** Grant of each effective change. */
  readonly effects: readonly string[];
}

/** A few can meet one lost response after the other until the action stops. */
const mostUnlucky = 10;

/** Problems with the end of a storm; empty without problems. */
export function damages({ reported, isFailing, isDone, effects }: Aftermath): readonly string[] {
  const wrong = (what: string, isWrong: (grant: Reported) => boolean): readonly string[] => {
    const those = reported.filter(isWrong);
    const examples = those.slice(0, 3).map((grant) => JSON.stringify(grant));
    return those.length === 0 ? [] : [`${those.length} ${what}: ${examples.join(' ')}`];
  };
  const succeeded = reported.filter(({ status }) => status === 'SUCCEEDED');
  const unlucky = reported.filter((grant) => grant.status === 'FAILED' && !isFailing(grant));
  return [
    ...wrong('have no end', ({ status }) => status !== 'SUCCEEDED' && status !== 'FAILED'),
    ...wrong('say SUCCEEDED, and are not done', (grant) => grant.status === 'SUCCEEDED' && !isDone(grant)),
    ...wrong('say FAILED, and are done', (grant) => grant.status === 'FAILED' && isDone(grant)),
    ...wrong('fail without a reason', (grant) => grant.status === 'FAILED' && grant['failure-reason'] === ''),
    ...wrong('succeed where nothing can', (grant) => isFailing(grant) && grant.status === 'SUCCEEDED'),
    ...(unlucky.length <= mostUnlucky ? [] : [`${unlucky.length} failed: ${JSON.stringify(unlucky[0])}`]),
    ...(effects.length === succeeded.length ? [] : [`${effects.length} effects of ${succeeded.length} successes`]),
    ...(new Set(effects).size === effects.length ? [] : ['something was effective twice']),
  ];
}

/** Those of these that a person would not find in the report of a step: annotations and summary. */
export function unnamed(result: StepResult, names: readonly string[]): readonly string[] {
  const said = `${errors(result)}\n${result.summary}`;
  return names.filter((name) => !said.includes(name));
}

/** Figures of a storm, for the reader of the test's output. */
export function tell(title: string, result: StepResult, counts: Readonly<Record<string, number>>): void {
  const faults = Object.entries(counts).map(([name, times]) => `${times} ${name}`);
  process.stdout.write(
    `${title}: ${Math.round(result.virtualMs / 1_000)} s of the clouds’ time, ${Math.round(result.realMs / 1_000)} s real, ` +
      `${result.requests.length} requests, of which ${faults.join(', ')}\n`,
  );
}
