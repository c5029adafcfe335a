import { randomUUID } from 'node:crypto';

import type { Agenda } from '../agenda.ts';
import { durationsOf, type Durations } from './durations.ts';
import { makeEffects, type Change } from './effects.ts';
import type { Operation, OperationKind, OperationOutcome, OperationPlace, StartRequest, Subject } from './operation.ts';
import { naturalFailure } from './outcomes.ts';
import { Refusal } from './refusal.ts';
import type { State } from './state.ts';

type OpenOperation = { -readonly [K in keyof Operation]: Operation[K] };

export interface OperationSettings {
  readonly durations: Durations;
  readonly assignmentsLagMs: number;
  readonly provisioningLagMs: number;
  /**
   * Refusal of a start over the limit of outstanding operations: undocumented, reports differ
   * (docs/design/aws.md#quotas).
   */
  readonly overLimit: 'ConflictException' | 'ThrottlingException';
}

/** [doc:limits] */
const OUTSTANDING_CREATIONS = 15;
const CONCURRENT_PROVISIONINGS = 3;
const ACCOUNTS_PER_PROVISIONING = 3500;

export interface Operations {
  /** Without an outcome the script is asked, then nature. */
  start(request: StartRequest, outcome?: OperationOutcome): Operation;
  find(kind: OperationKind, requestId: string): Operation | undefined;
  all(): readonly Operation[];
  /** Operations of one family on an instance, in one state or in any; found without a look at all the others. */
  list(kind: OperationKind, instanceArn: string, status?: string): Iterable<Operation>;
  changes(): readonly Change[];
}

export function makeOperations(
  state: State,
  agenda: Agenda,
  outcomeOf: (operation: OperationPlace) => OperationOutcome | undefined,
  settings: OperationSettings,
): Operations {
  const all = new Map<string, OpenOperation>();
  const running = new Set<OpenOperation>();
  const ended = new Map<string, OpenOperation[]>();
  const effects = makeEffects(state, agenda, settings);
  const durationOf = durationsOf(settings.durations);

  const settle = (operation: OpenOperation, request: StartRequest, outcome: OperationOutcome): void => {
    running.delete(operation);
    finish(operation, request, outcome);
    const { kind, instanceArn, status } = operation;
    const family = ended.get(`${kind} ${instanceArn} ${status}`) ?? [];
    ended.set(`${kind} ${instanceArn} ${status}`, family);
    family.push(operation);
  };
  const finish = (operation: OpenOperation, request: StartRequest, outcome: OperationOutcome): void => {
    const reasons = failures(state, request, operation.accounts, outcome);
    operation.status = outcome.status ?? (reasons.size > 0 ? 'FAILED' : 'SUCCEEDED');
    const [reason] = reasons.values();
    if (operation.status === 'FAILED') operation.failureReason = outcome.failureReason ?? reason ?? DEFAULT_REASON;
    const takesPlace = (accountId: string): boolean =>
      outcome.effect ??
      (operation.status === 'SUCCEEDED' || (operation.accountId === undefined && !reasons.has(accountId)));
    // A failure that is only scripted says nothing about single accounts.
    const spared = outcome.status === 'FAILED' && outcome.partial === undefined && outcome.effect === undefined;
    for (const accountId of operation.accounts)
      if (!spared && takesPlace(accountId) && effects.apply(operation, accountId)) operation.changed = true;
  };

  return {
    start: (request, given) => {
      const accounts = request.accountId === undefined ? provisionedAccounts(state, request) : [request.accountId];
      const scripted = {
        kind: request.kind,
        ...(request.accountId === undefined ? {} : { accountId: request.accountId }),
      };
      refuseBusy(running, request, accounts, settings);
      const wanted = given ?? outcomeOf(scripted);
      if (wanted === undefined && request.refusal !== undefined) throw request.refusal;
      const outcome = wanted ?? {};
      const createdAt = agenda.time();
      const operation: OpenOperation = {
        ...subjectOf(request),
        requestId: randomUUID(),
        createdAt,
        finishAt: createdAt + (outcome.immediate === true ? 0 : (outcome.durationMs ?? durationOf(scripted))),
        accounts,
        status: 'IN_PROGRESS',
        changed: false,
      };
      all.set(operation.requestId, operation);
      running.add(operation);
      if (outcome.immediate === true) settle(operation, request, outcome);
      else
        agenda.add(operation.finishAt, () => {
          settle(operation, request, outcome);
        });
      return operation;
    },
    find: (kind, requestId) => {
      const found = all.get(requestId);
      return found?.kind === kind ? found : undefined;
    },
    all: () => [...all.values()],
    list: function* (kind, instanceArn, status) {
      if (status === undefined || status === 'IN_PROGRESS')
        for (const operation of running)
          if (operation.kind === kind && operation.instanceArn === instanceArn) yield operation;
      for (const end of ['SUCCEEDED', 'FAILED'])
        if (status === undefined || status === end) yield* ended.get(`${kind} ${instanceArn} ${end}`) ?? [];
    },
    changes: () => effects.changes(),
  };
}

function subjectOf({
  kind,
  instanceArn,
  permissionSetArn,
  accountId,
  principalType,
  principalId,
}: StartRequest): Subject {
  return {
    kind,
    instanceArn,
    permissionSetArn,
    ...(accountId === undefined ? {} : { accountId }),
    ...(principalType === undefined ? {} : { principalType }),
    ...(principalId === undefined ? {} : { principalId }),
  };
}

const DEFAULT_REASON = 'An unexpected internal service exception was encountered';

function failures(
  state: State,
  request: StartRequest,
  accounts: readonly string[],
  outcome: OperationOutcome,
): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const accountId of accounts) {
    const natural = naturalFailure(state, request, accountId);
    if (natural !== undefined && outcome.status !== 'SUCCEEDED') reasons.set(accountId, natural);
    if (outcome.partial?.includes(accountId) === true)
      reasons.set(accountId, outcome.failureReason ?? `Provisioning failed in account ${accountId}: ${DEFAULT_REASON}`);
  }
  return reasons;
}

/**
 * One request for all accounts [model: ALL_PROVISIONED_ACCOUNTS]; without accounts the response is unverified, so an
 * awkward one.
 */
function provisionedAccounts(state: State, request: StartRequest): readonly string[] {
  const accounts = state
    .provisionedAt(Infinity, { permissionSetArn: request.permissionSetArn })
    .map(({ accountId }) => accountId);
  if (accounts.length === 0)
    throw new Refusal('ResourceNotFoundException', 'The permission set is not provisioned to any account.');
  if (accounts.length > ACCOUNTS_PER_PROVISIONING)
    throw new Refusal(
      'ValidationException',
      `A permission set can be provisioned to at most ${ACCOUNTS_PER_PROVISIONING} accounts in one call.`,
    );
  return accounts;
}

/** One operation at a time per target account, and the limits of outstanding ones [doc:limits]. */
function refuseBusy(
  running: ReadonlySet<Operation>,
  request: StartRequest,
  accounts: readonly string[],
  { overLimit }: OperationSettings,
): void {
  const count = (kind: OperationKind): number => [...running].filter((operation) => operation.kind === kind).length;
  for (const operation of running) {
    const both =
      request.accountId === undefined
        ? operation.accountId === undefined && operation.permissionSetArn === request.permissionSetArn
        : accounts.some((accountId) => operation.accounts.includes(accountId));
    if (both)
      throw new Refusal(
        'ConflictException',
        `There is a conflicting operation in process on ${operation.accounts.length === 1 ? `account ${operation.accounts[0] ?? ''}` : 'this permission set'}.`,
      );
  }
  if (request.kind === 'create' && count('create') >= OUTSTANDING_CREATIONS)
    throw new Refusal(overLimit, 'There are too many outstanding account assignment requests.');
  if (request.kind === 'provision' && count('provision') >= CONCURRENT_PROVISIONINGS)
    throw new Refusal(overLimit, 'There are too many permission set provisioning requests in process.');
}
