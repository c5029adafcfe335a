import { createHash } from 'node:crypto';
import type { ChangeKind, PlanContext } from '../cloud.ts';
import { isoDuration } from '../durations.ts';
import type { Grant, Identity } from '../grant.ts';
import { whereOutdated, type Action, type RemovalCause, type Step } from './plan.ts';
import { withoutEnd, type ChangingOperation, type Lifetime, type Request } from '../request.ts';

/** Operations that have a plan. */
export type PlannedOperation = ChangingOperation | 'reconcile';

/** Settings about plans, besides printing one. */
export interface Planning {
  /** The cloud's name in the contract. */
  readonly cloud: string;
  /** True if a document is requested: making one requires to know who signs in. */
  readonly wanted: boolean;
  readonly expected: ExpectedPlan | null;
  /** The identity that will apply the plan, `null` where it is the one that makes it. */
  readonly planFor: string | null;
  /** Told of the document before any change; throws a `Refusal` where it cannot be kept. */
  readonly onPlan: (document: PlanDocument) => void;
}

/** A grant of a plan, in the words of the outputs; empty texts where there is nothing to say. */
export interface PlannedGrant {
  readonly action: Action;
  readonly 'principal-type': string;
  readonly 'principal-id': string;
  readonly 'principal-name': string;
  readonly 'role-id': string;
  readonly 'role-name': string;
  readonly 'target-id': string;
  readonly 'target-name': string;
}

export interface PlannedChange extends PlannedGrant {
  readonly action: ChangeKind;
  /** Of a removal by access files; left out for any other change. For people: the digest does not cover it. */
  readonly cause?: RemovalCause;
}

export interface PlannedRefusal extends PlannedGrant {
  readonly reason: string;
}

/** Version of the document's shape. */
export const planSchema = 1;
/** Says to each reader what the document is. */
export const planKind = 'cloud-access-plan';

/** Everything in a plan that decides what would be changed, and by whom. */
interface PlanHeader {
  readonly cloud: string;
  readonly operation: PlannedOperation;
  /** The identity that applies it: a role or a client, without parts that differ from run to run. */
  readonly caller: string;
  /** The instance or the tenant. */
  readonly directory: string;
  /** `permanent`, or an ISO 8601 duration. */
  readonly lifetime: string;
  readonly 'keep-after-job': boolean;
  /** Such as conditions, by the names of their inputs. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A plan as it is written into a file, reviewed, and held against the one of a later run. */
export interface PlanDocument extends PlanHeader {
  readonly schema: typeof planSchema;
  readonly kind: typeof planKind;
  /** All lists are in the order of the ids, so that two documents can be compared line by line. */
  readonly changes: readonly PlannedChange[];
  readonly kept: readonly PlannedGrant[];
  readonly refused: readonly PlannedRefusal[];
  /** `sha256:<hex>` over the header and the changes by their ids. */
  readonly digest: string;
}

/** The plan that was reviewed: by its digest, or as the document that was read from `path`. */
export type ExpectedPlan =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'document'; readonly path: string; readonly document: PlanDocument };

/** Puts a plan into a document. */
export function documentPlan(
  steps: readonly Step[],
  request: Pick<Request, 'targets' | 'lifetime'> & Pick<PlanHeader, 'operation'>,
  context: PlanContext,
  { cloud, planFor }: Pick<Planning, 'cloud' | 'planFor'>,
): PlanDocument {
  const header: PlanHeader = {
    cloud,
    operation: request.operation,
    caller: planFor ?? context.caller,
    directory: context.directory,
    ...plannedLifetime(request.lifetime),
    settings: sortedMembers({ ...context.settings, ...selection(request) }),
  };
  const changes = sorted(
    steps.flatMap((step): readonly PlannedChange[] =>
      step.action === 'keep' || step.action === 'refuse'
        ? []
        : [{ ...plannedGrant(step.grant), action: step.action, ...causeOf(step) }],
    ),
  );
  return {
    schema: planSchema,
    kind: planKind,
    ...header,
    changes,
    kept: sorted(steps.flatMap(({ grant, action }) => (action === 'keep' ? [{ ...plannedGrant(grant), action }] : []))),
    refused: sorted(
      steps.flatMap((step) =>
        step.action === 'refuse' ? [{ ...plannedGrant(step.grant), action: step.action, reason: step.reason }] : [],
      ),
    ),
    digest: digestOf(header, changes),
  };
}

function causeOf(step: Step): Pick<PlannedChange, 'cause'> {
  return 'cause' in step ? { cause: step.cause } : {};
}

function plannedLifetime(lifetime: Lifetime): Pick<PlanHeader, 'lifetime' | 'keep-after-job'> {
  return lifetime.kind === 'permanent'
    ? { lifetime: withoutEnd, 'keep-after-job': false }
    : { lifetime: isoDuration(lifetime.ms), 'keep-after-job': lifetime.keepAfterJob };
}

/** A push to outdated places is not planned once they are up to date. */
function selection({ targets }: Pick<Request, 'targets'>): Readonly<Record<string, string>> {
  return targets.some(({ kind }) => kind === whereOutdated) ? { target: whereOutdated } : {};
}

function plannedGrant(grant: Grant): Omit<PlannedGrant, 'action'> {
  const principal = grant.kind === 'assignment' ? grant.principal : { type: '', id: '', name: '' };
  const named = (it: Identity): string => it.name ?? '';
  return {
    'principal-type': principal.type ?? '',
    'principal-id': principal.id,
    'principal-name': named(principal),
    'role-id': grant.role.id,
    'role-name': named(grant.role),
    'target-id': grant.target.id,
    'target-name': named(grant.target),
  };
}

/**
 * The digest that a review can be bound to. It covers what would be done, by whom and where, and neither what is kept nor
 * names nor times: JSON with sorted members and no white space, a change being
 * `[principal type, principal id, role id, target id, action]`, sorted by code units.
 */
export function digestOf(header: PlanHeader, changes: readonly PlannedChange[]): string {
  const canonical = {
    caller: sameCase(header.caller),
    changes: changes.map((it) => [...keyParts(it), it.action]).sort(byTexts),
    cloud: header.cloud,
    directory: sameCase(header.directory),
    'keep-after-job': header['keep-after-job'],
    lifetime: header.lifetime,
    operation: header.operation,
    settings: sortedMembers(header.settings),
  };
  return `sha256:${createHash('sha256').update(JSON.stringify(canonical)).digest('hex')}`;
}

/** The same text for the same grant, however its ids are spelt. */
export function keyOf(grant: PlannedGrant): string {
  return JSON.stringify(keyParts(grant));
}

function keyParts(grant: PlannedGrant): readonly string[] {
  return [
    grant['principal-type'],
    sameCase(grant['principal-id']),
    sameCase(grant['role-id']),
    sameCase(grant['target-id']),
  ];
}

/** GUIDs, and ids that are paths, mean the same in any letter case; all others are taken as they are. */
export function sameCase(id: string): string {
  return /^(?:[0-9a-f]{10}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^\//iu.test(id)
    ? id.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase())
    : id;
}

function sorted<T extends PlannedGrant>(grants: readonly T[]): readonly T[] {
  return grants
    .map((grant) => ({ grant, parts: [...keyParts(grant), grant.action] }))
    .sort((a, b) => byTexts(a.parts, b.parts))
    .map(({ grant }) => grant);
}

/** By code units, which is the same on every machine. */
function byTexts(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((text, at) => text !== b[at]);
  if (index === -1) return 0;
  return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}

function sortedMembers(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
