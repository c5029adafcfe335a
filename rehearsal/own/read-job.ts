import { basename } from 'node:path';

import type { Allowed, Permission } from '../github/tokens.ts';
import { isMapping, type Mapping } from '../shape.ts';
import { Misuse } from './options.ts';

/** The job of a step, as its workflow describes it. */
export interface OwnJob {
  readonly file: string;
  readonly workflow: string;
  readonly name: string;
  /** True if it can have ID tokens. */
  readonly idToken: boolean;
  /** Read permissions of its GITHUB_TOKEN. */
  readonly reads: Allowed;
  readonly environment: string | null;
  readonly event: string;
  readonly ref: string;
  /** The steps before it that may sign it in. */
  readonly before: Before;
}

export interface Before {
  /** The role of `aws-actions/configure-aws-credentials`, where it is written out. */
  readonly role: string | null;
  /** The Region that it leaves behind, where it is written out. */
  readonly region: string | null;
  readonly aws: boolean;
  readonly azure: boolean;
}

/** The place of a step in a workflow. */
export interface Place {
  readonly path: string;
  readonly workflow: Mapping;
  readonly name: string;
  readonly job: Mapping;
  readonly step: Mapping;
}

/**
 * @param event the one that a person requested, `null` for the fitting one
 * @param evaluate returns a text with its expressions evaluated
 */
export function readJob(place: Place, event: string | null, evaluate: (value: unknown) => string): OwnJob {
  const { path, workflow, name, job } = place;
  const permissions = 'permissions' in job ? job['permissions'] : workflow['permissions'];
  const trigger = triggerOf(workflow, event, path);
  const idToken = mayWrite(permissions, 'id-token');
  return {
    file: basename(path),
    workflow: workflowName(workflow, path),
    name,
    idToken,
    // Without `permissions`, it depends on the repository's settings.
    reads: isMapping(permissions) ? readsOf(permissions) : 'read',
    environment: environmentOf(job['environment'], evaluate),
    event: trigger.event,
    ref: trigger.ref,
    before: beforeOf(place, idToken),
  };
}

export function workflowName({ name }: Mapping, path: string): string {
  return typeof name === 'string' ? name : `.github/workflows/${basename(path)}`;
}

/** The event that starts a workflow. */
export interface Trigger {
  readonly event: string;
  readonly ref: string;
  /** The inputs that it declares for this event, or for its callers; `null` for none. */
  readonly inputs: Mapping | null;
}

/** Throws Misuse. */
export function triggerOf(workflow: Mapping, wanted: string | null, path: string): Trigger {
  const on = triggersOf(workflow['on']);
  const event = eventOf(on, wanted, path);
  const settings = on.get(event) ?? (on.has(event) ? null : on.get('workflow_call'));
  const inputs = isMapping(settings) ? (settings['inputs'] ?? null) : null;
  return { event, ref: refOf(event, on.get(event)), inputs: isMapping(inputs) ? inputs : null };
}

/** A job's own permissions replace the workflow's; it has no others [docs:controlling-permissions-for-github_token]. */
function mayWrite(permissions: unknown, name: string): boolean {
  return permissions === 'write-all' || (isMapping(permissions) && permissions[name] === 'write');
}

function readsOf(permissions: Mapping): Allowed {
  const read = (name: Permission): 'read' | 'none' =>
    ['read', 'write'].includes(String(permissions[name])) ? 'read' : 'none';
  return { actions: read('actions'), contents: read('contents'), 'pull-requests': read('pull-requests') };
}

function environmentOf(value: unknown, evaluate: (value: unknown) => string): string | null {
  const name = evaluate(isMapping(value) ? value['name'] : value).trim();
  return name === '' ? null : name;
}

/** One event, several, or events with settings. */
function triggersOf(on: unknown): ReadonlyMap<string, unknown> {
  if (isMapping(on)) return new Map(Object.entries(on));
  return new Map([on].flat().flatMap((name) => (typeof name === 'string' ? [[name, null] as const] : [])));
}

/** An event that a person starts by hand fits best, else the first one. A called workflow has the event of its caller. */
function eventOf(on: ReadonlyMap<string, unknown>, wanted: string | null, path: string): string {
  const [first] = on.keys();
  if (first === undefined) throw new Misuse(`${path} does not say when it runs: \`on: workflow_dispatch\`.`);
  if (wanted !== null && !on.has(wanted) && !on.has('workflow_call'))
    throw new Misuse(`${path} does not run on ${wanted}; it runs on: ${[...on.keys()].join(', ')}.`);
  if (wanted !== null) return wanted;
  return on.has('workflow_dispatch') || first === 'workflow_call' ? 'workflow_dispatch' : first;
}

/** Source: GitHub Docs, events that trigger workflows. Elsewhere it is the default branch. */
function refOf(event: string, settings: unknown): string {
  if (event === 'pull_request') return 'refs/pull/1/merge';
  if (event === 'release') return 'refs/tags/v1';
  if (event !== 'push' || !isMapping(settings)) return 'refs/heads/main';
  const branches = patterns(settings['branches']);
  const tags = patterns(settings['tags']);
  if (branches.length === 0 && tags.length > 0) return `refs/tags/${tags[0] ?? ''}`;
  return `refs/heads/${branches.includes('main') ? 'main' : (branches[0] ?? 'main')}`;
}

/** A name for each pattern. */
function patterns(value: unknown): readonly string[] {
  return [value]
    .flat()
    .filter((it) => typeof it === 'string' && !it.startsWith('!'))
    .map((it) => String(it).replace(/\*+/gu, '1'));
}

function beforeOf({ workflow, job, step }: Place, idToken: boolean): Before {
  const steps = Array.isArray(job['steps']) ? (job['steps'] as readonly unknown[]) : [];
  const earlier = steps.slice(0, steps.indexOf(step)).filter(isMapping);
  const inputsOf = (action: RegExp): Mapping | null => {
    const found = earlier.findLast(({ uses }) => typeof uses === 'string' && action.test(uses));
    return found === undefined ? null : isMapping(found['with']) ? found['with'] : {};
  };
  const credentials = inputsOf(/^aws-actions\/configure-aws-credentials@/iu);
  const login = inputsOf(/^azure\/login@/iu);
  const runs = earlier.map(({ run }) => (typeof run === 'string' ? run : '')).join('\n');
  const env = [workflow, job, step].flatMap(({ env: it }) => (isMapping(it) ? Object.keys(it) : []));
  // A self-hosted runner can have an identity of its own.
  const isHosted = /^(?:ubuntu|windows|macos)-/u.test(String(job['runs-on']));
  const role = credentials?.['role-to-assume'];
  const region = credentials?.['aws-region'];
  return {
    region: typeof region === 'string' && !region.includes('${{') ? region : null,
    role: typeof role === 'string' && role.startsWith('arn:') ? role : null,
    aws:
      (credentials !== null && (idToken || 'aws-access-key-id' in credentials)) ||
      env.includes('AWS_ACCESS_KEY_ID') ||
      /AWS_ACCESS_KEY_ID|aws configure/u.test(runs) ||
      !isHosted,
    azure: (login !== null && (idToken || 'creds' in login)) || /\baz login\b/u.test(runs) || !isHosted,
  };
}
