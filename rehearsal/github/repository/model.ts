import type { components } from '@octokit/openapi-types';

import type { Commit } from '../git/objects.ts';

export type ActivityType = components['schemas']['activity']['activity_type'];

/** A change of a branch, as the repository's activity shows it. */
export interface Activity {
  readonly id: number;
  readonly type: ActivityType;
  /** `refs/heads/…`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly actorId: number | null;
  /** ms epoch. */
  readonly at: number;
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

export interface Review {
  readonly id: number;
  readonly userId: number;
  readonly state: ReviewState;
  readonly body: string;
  /** Null where git has forgotten it. */
  readonly commit: string | null;
  readonly at: number;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly authorId: number;
  /** A branch; of a fork `owner:branch`. */
  readonly head: string;
  /** A branch of this repository. */
  readonly base: string;
  /** The present ones, or those at the time of closing. */
  readonly headSha: string;
  readonly baseSha: string;
  readonly createdAt: number;
  readonly closedAt: number | null;
  readonly merged: Merged | null;
  readonly reviews: readonly Review[];
  readonly events: readonly PullEvent[];
}

/** A change of a pull request that is not a commit or a review [docs:issue-event-types]. */
export interface PullEvent {
  readonly event:
    | 'base_ref_changed'
    | 'automatic_base_change_succeeded'
    | 'head_ref_force_pushed'
    | 'review_dismissed'
    | 'merged'
    | 'closed';
  readonly at: number;
  readonly actorId: number;
}

export interface Merged {
  readonly at: number;
  readonly byId: number;
  /** `merge_commit_sha`. */
  readonly sha: string;
  /** Commits that the merge has added to the base. */
  readonly commits: readonly string[];
}

export interface Environment {
  readonly name: string;
  readonly at: number;
  /** Users and teams that can approve; empty for none. */
  readonly reviewers: readonly (number | { readonly team: string })[];
  readonly preventsSelfReview: boolean;
  readonly waitMinutes: number;
  /** Null: any branch. */
  readonly branches: 'protected' | 'custom' | null;
  /** Undefined: GitHub does not say. */
  readonly canAdminsBypass: boolean | undefined;
}

/** A review of the deployments of a run. */
export interface Approval {
  readonly runId: string;
  readonly state: 'approved' | 'rejected' | 'pending';
  readonly comment: string;
  /** By name. */
  readonly environments: readonly string[];
  readonly userId: number;
}

export interface Rule {
  /** Names, `~DEFAULT_BRANCH` or `~ALL`. */
  readonly branches: readonly string[];
  readonly rulesetId: number;
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
}

/** An account's role here: one of GitHub's, or one of the organization's own with the role that it extends. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none' | CustomRole;

export interface CustomRole {
  readonly name: string;
  readonly base: 'admin' | 'write' | 'read';
}

export interface Workflow {
  readonly path: string;
  readonly name: string;
  readonly state: components['schemas']['workflow']['state'];
  readonly at: number;
}

/** State of a repository at GitHub. All responses come from here. */
export interface Repository {
  readonly name: string;
  readonly id: string;
  readonly ownerId: string;
  readonly defaultBranch: string;
  /** By name; branches of forks as `owner:branch`. */
  readonly branches: Map<string, string>;
  /** Branches that classic protection guards. */
  readonly guarded: Set<string>;
  readonly commits: Map<string, Commit>;
  /** The oldest first. */
  readonly activities: Activity[];
  readonly pulls: Map<number, Pull>;
  /** By lower-case name. */
  readonly environments: Map<string, Environment>;
  readonly approvals: Approval[];
  readonly rules: Rule[];
  readonly roles: Map<number, Role>;
  /** By path. */
  readonly workflows: Map<string, Workflow>;
  readonly delays: { activityMs: number };
  /** Owners of forks that were deleted. */
  readonly lostForks: Set<string>;
}
