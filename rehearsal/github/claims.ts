import { createHash, randomUUID } from 'node:crypto';

import type { RunContext } from '../runner/context.ts';
import { environmentIds } from './ids.ts';

/** The claims of an ID token. */
export type Claims = Readonly<Record<string, string | number | undefined>>;

/** Claims of a token, true or not; null for a text that is not one. */
export function claimsOf(token: string): Claims | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    return typeof payload === 'object' && payload !== null ? (payload as Claims) : null;
  } catch {
    return null;
  }
}

/** A presented token, as the journal has it. */
export function presented(token: string): { readonly id: string; readonly audience: string } {
  const { jti, aud } = claimsOf(token) ?? {};
  return {
    id: String(jti ?? createHash('sha256').update(token).digest('hex').slice(0, 16)),
    audience: String(aud ?? ''),
  };
}

const LIFETIME_S = 300; // [google-github-actions/auth#474]
const BACKDATED_S = 600; // nbf is ten minutes in the past

/** GitHub's claims for a job [docs:security/oidc]; all but the times are text. */
export function jobClaims(context: RunContext, issuer: string, audience: string, now: number): Claims {
  const [owner = ''] = context.repository.split('/');
  const workflowRef = `${context.repository}/${context.workflowPath}@${context.ref}`;
  const issuedAt = Math.floor(now / 1000);
  return {
    jti: randomUUID(),
    sub: subjectOf(context),
    aud: audience,
    ref: context.ref,
    sha: context.sha,
    repository: context.repository,
    repository_owner: owner,
    repository_owner_id: context.ownerId,
    run_id: context.runId,
    run_number: context.runNumber,
    run_attempt: context.runAttempt,
    repository_visibility: 'private',
    repository_id: context.repositoryId,
    actor_id: context.actorId,
    actor: context.actor,
    workflow: context.workflow,
    head_ref: '',
    base_ref: '',
    event_name: context.eventName,
    ref_protected: 'true',
    ref_type: context.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    workflow_ref: workflowRef,
    workflow_sha: context.sha,
    job_workflow_ref: context.jobWorkflowRef ?? workflowRef,
    job_workflow_sha: context.sha,
    runner_environment: 'github-hosted',
    check_run_id: context.checkRunId,
    ...environmentClaims(context),
    iss: issuer,
    nbf: issuedAt - BACKDATED_S,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_S,
  };
}

/**
 * The node ID is a claim of GitHub's discovery document, though not of its table of claims
 * (docs/design/github.md#id-tokens).
 */
function environmentClaims({ environment, environmentNodeId, repositoryId }: RunContext): Claims {
  if (environment === null) return {};
  return { environment, environment_node_id: environmentNodeId ?? environmentIds(repositoryId, environment).nodeId };
}

/**
 * `repo:OWNER/REPO:…`, or with IDs for repositories created after 15 July 2026; colons in values are encoded
 * (docs/design/github.md#subjects).
 */
export function subjectOf({
  repository,
  repositoryId,
  ownerId,
  environment,
  ref,
  eventName,
  immutableSubject,
}: RunContext): string {
  const [owner = '', name = ''] = repository.split('/');
  const repo = immutableSubject ? `${owner}@${ownerId}/${name}@${repositoryId}` : repository;
  if (environment !== null) return `repo:${repo}:environment:${environment.replaceAll(':', '%3A')}`;
  return eventName === 'pull_request' ? `repo:${repo}:pull_request` : `repo:${repo}:ref:${ref}`;
}
