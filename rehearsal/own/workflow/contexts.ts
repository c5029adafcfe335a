import { jobToken, payloadOf, type RunContext } from '../../runner/context.ts';
import { isMapping, type Mapping } from '../../shape.ts';
import { evaluateText, type Contexts, type Scope } from '../expressions.ts';

/** The payload of an event, with the inputs as text. */
export function eventPayload(context: RunContext, inputs: Mapping): Mapping {
  const texts = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
  return { ...(payloadOf(context) as Mapping), ...(Object.keys(inputs).length === 0 ? {} : { inputs: texts }) };
}

/** The `github` context of a run. Source: GitHub Docs, contexts reference. */
export function githubContext(context: RunContext, event: Mapping): Mapping {
  const [owner = ''] = context.repository.split('/');
  const isPull = context.eventName.startsWith('pull_request');
  return {
    token: jobToken,
    actor: context.actor,
    actor_id: context.actorId,
    triggering_actor: context.actor,
    repository: context.repository,
    repository_id: context.repositoryId,
    repository_owner: owner,
    repository_owner_id: context.ownerId,
    ref: context.ref,
    ref_name: context.ref.replace(/^refs\/(?:heads|tags|pull)\//u, ''),
    ref_type: context.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: true,
    head_ref: isPull ? 'change' : '',
    base_ref: isPull ? 'main' : '',
    sha: context.sha,
    event_name: context.eventName,
    event,
    workflow: context.workflow,
    workflow_ref: `${context.repository}/${context.workflowPath}@${context.ref}`,
    workflow_sha: context.sha,
    run_id: context.runId,
    run_number: context.runNumber,
    run_attempt: context.runAttempt,
    job: context.job,
    server_url: 'https://github.com',
    api_url: 'https://api.github.com',
    graphql_url: 'https://api.github.com/graphql',
  };
}

const path = /^[A-Za-z_][\w-]*(?:\.[\w-]+)+$/u;

/** Puts the values that a person gives into contexts: `vars.TEAM`, `github.actor`. Other expressions stay apart. */
export function withValues(contexts: Contexts, values: ReadonlyMap<string, string>): Pick<Scope, 'contexts' | 'given'> {
  const isPath = (key: string): boolean => path.test(key) && !key.startsWith('inputs.');
  const filled = [...values]
    .filter(([key]) => isPath(key))
    .reduce<Contexts>((all, [key, value]) => put(all, key.split('.'), value), contexts);
  return { contexts: filled, given: new Map([...values].filter(([key]) => !path.test(key))) };
}

function put(into: Mapping, [key = '', ...rest]: readonly string[], value: string): Mapping {
  const inner = into[key];
  return { ...into, [key]: rest.length === 0 ? value : put(isMapping(inner) ? inner : {}, rest, value) };
}

/** Evaluates the values of a mapping such as `env` or `with`, in order. */
export function evaluateAll(written: unknown, scope: Scope): Readonly<Record<string, string>> {
  if (!isMapping(written)) return {};
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => [
      name,
      typeof value === 'string' ? evaluateText(value, scope) : value === null ? '' : JSON.stringify(value),
    ]),
  );
}
