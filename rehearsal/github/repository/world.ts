import type { RunContext } from '../../runner/context.ts';
import type { Conclusion } from '../runs.ts';
import type { CommitOptions, Moved } from './branches.ts';
import type { Approval, Environment, Role, Rule, Workflow } from './model.ts';
import type { MergeOptions, PullOptions, ReviewOptions } from './pulls.ts';

/** Data of a run for its steps. */
export type Started = Partial<RunContext> & Pick<RunContext, 'runId'>;

/** A change of a branch, and the run that it starts: a context for steps. */
export interface Pushed extends Moved {
  readonly run: Started;
}

export interface PushOptions {
  /** Default the default branch; of a fork `owner:branch`. A new one starts at the default branch. */
  readonly branch?: string;
  readonly by: string;
  readonly commits?: readonly CommitOptions[];
  /** An existing commit, instead of new ones on the branch. */
  readonly to?: string;
  /** Default true. False: its activity has no actor. */
  readonly isAttributed?: boolean;
}

export interface DispatchOptions {
  readonly by: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly branch?: string;
  readonly workflowPath?: string;
}

export interface RunOptions {
  /** `sweep.yml`; its path is in `.github/workflows/`. */
  readonly workflow: string;
  readonly event: string;
  /** Default the default branch. */
  readonly branch?: string;
  /** Default octocat. */
  readonly by?: string;
  /** Null: it still runs. Default success. */
  readonly conclusion?: Conclusion | null;
  /** ms epoch; default now. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The repository of the branch, where it is another. */
  readonly headRepository?: { readonly name: string; readonly id: string };
}

/** Changes of the estate's repository, as people make them. They are named by their logins, which have to exist. */
export interface RepositoryWorld {
  /** The commit of a branch; default the default branch. */
  tip(branch?: string): string;
  /** The ordinary files of a commit or branch as text, as a checkout has them; default the default branch. */
  files(at?: string): Readonly<Record<string, string>>;
  /** Adds files to the first commit. Its SHA stays: runs that name no other are of it. */
  begin(files: NonNullable<CommitOptions['files']>): void;
  /** A commit that is on no branch yet, based on a commit or branch. */
  commit(upon: string, by: string, options: CommitOptions): string;
  push(options: PushOptions): Pushed;
  deleteBranch(branch: string, by: string): Pushed;
  /** Classic protection, of which a job's token sees only that it exists. */
  guard(branch: string): void;
  /** The run of a `workflow_dispatch`. */
  dispatch(options: DispatchOptions): Started;
  /** From now on an activity is shown only so many milliseconds later. */
  delayActivity(ms: number): void;
  /** The number of the pull request. */
  pull(options: PullOptions): number;
  review(pull: number, options: ReviewOptions): number;
  dismiss(pull: number, review: number, by: string): void;
  retarget(pull: number, base: string, by: string): void;
  closePull(pull: number, by: string): void;
  /** Of several, which only a queue merges at once, the base of the first counts. */
  merge(pulls: number | readonly number[], options: MergeOptions): Pushed;
  /** Deletes a fork: pull requests from it no longer have a head repository. */
  deleteFork(owner: string): void;
  environment(
    name: string,
    options?: Partial<Omit<Environment, 'name' | 'at' | 'reviewers'>> & {
      /** Logins, and teams as `@team`. */
      readonly reviewers?: readonly string[];
    },
  ): void;
  /** A review of deployments. Default: approved, for the environment of the estate's repository, of its default run. */
  approve(options: {
    readonly by: string;
    readonly runId?: string | undefined;
    readonly environments?: readonly string[];
    readonly state?: Approval['state'];
    readonly comment?: string;
  }): void;
  /** An active rule; default of the default branch. */
  rule(type: string, parameters?: Rule['parameters'], branches?: readonly string[]): void;
  role(login: string, role: Role): void;
  workflow(file: string, options?: Partial<Pick<Workflow, 'name' | 'state'>>): void;
  /** The ID of a run that a test has not run. */
  run(options: RunOptions): string;
}
