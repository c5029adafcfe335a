import type { Agenda } from '../agenda.ts';
import type { Account, Group, User } from '../estate.ts';
import type { Change } from './effects.ts';
import { makeNames, type AssignmentLike, type Names } from './names.ts';
import type { Operation, OperationKind, OperationOutcome } from './operation.ts';
import type { Operations } from './operations.ts';
import type { Assignment, Provisioned, State } from './state.ts';

/** The real state of the cloud, for tests and for changes by other callers. Lags do not apply to reads here. */
export interface LiveEstate {
  has(assignment: AssignmentLike): boolean;
  /** Readers see it at once, or after the lag of the world with `lagging`. */
  add(assignment: AssignmentLike, options?: { readonly lagging?: boolean }): void;
  remove(assignment: AssignmentLike, options?: { readonly lagging?: boolean }): void;
  assignments(): readonly Assignment[];
  /** The tags of a permission set, as `aws:ResourceTag` sees them. */
  tagsOf(permissionSet: string): Readonly<Record<string, string>>;
  /** Gives a permission set these tags instead of those that it has. */
  setTags(permissionSet: string, tags: Readonly<Record<string, string>>): void;
  /** The account has an older version of the permission set than the latest. */
  makeOutdated(permissionSet: string, account: string): void;
  /** Edits a permission set as an administrator would: it is outdated in all its accounts. */
  edit(permissionSet: string): void;
  provisioned(): readonly Provisioned[];
  outdated(): readonly Provisioned[];
  /** Another actor starts an operation. */
  start(
    kind: OperationKind,
    what: AssignmentLike | { readonly permissionSet: string; readonly account?: string },
    outcome?: OperationOutcome,
  ): Operation;
  operations(): readonly Operation[];
  /** Each create, delete or provisioning that changed something, in order. */
  effectiveChanges(): readonly Change[];
  addUser(user: User): void;
  addGroup(group: Group): void;
  /** Deletes a user or group from the directory; its assignments stay. */
  removePrincipal(principal: string): void;
  /** Adds or replaces an account. */
  putAccount(account: Account): void;
  readonly find: Names;
}

export function makeLiveEstate(state: State, agenda: Agenda, operations: Operations, lagMs: number): LiveEstate {
  const names = makeNames(state);
  const since = (lagging = false): number => (lagging ? agenda.time() + lagMs : -Infinity);
  const set = (like: AssignmentLike, present: boolean, lagging?: boolean): void => {
    agenda.settle();
    const assignment = names.assignment(like);
    const { accountId, permissionSetArn } = assignment;
    state.setAssigned(assignment, present, since(lagging));
    const needed = state.assignmentsAt(Infinity, { accountId, permissionSetArn }).length > 0;
    if (needed && state.provisioning(permissionSetArn, accountId) === 'none')
      state.setProvisioning(permissionSetArn, accountId, 'latest', since(lagging));
    if (!needed) state.setProvisioning(permissionSetArn, accountId, 'none', since(lagging));
  };
  const settled = <T>(read: () => T): T => {
    agenda.settle();
    return read();
  };
  return {
    find: names,
    has: (assignment) => settled(() => state.isAssigned(names.assignment(assignment))),
    add: (assignment, options) => {
      set(assignment, true, options?.lagging);
    },
    remove: (assignment, options) => {
      set(assignment, false, options?.lagging);
    },
    assignments: () => settled(() => state.assignmentsAt(Infinity)),
    tagsOf: (permissionSet) => names.permissionSet(permissionSet).tags ?? {},
    setTags: (permissionSet, tags) => {
      agenda.settle();
      const found = names.permissionSet(permissionSet);
      state.permissionSets.set(found.arn, { ...found, tags });
    },
    makeOutdated: (permissionSet, account) => {
      agenda.settle();
      state.setProvisioning(names.permissionSet(permissionSet).arn, names.account(account), 'stale', -Infinity);
    },
    edit: (permissionSet) => {
      agenda.settle();
      for (const { permissionSetArn, accountId } of state.provisionedAt(Infinity, {
        permissionSetArn: names.permissionSet(permissionSet).arn,
      }))
        state.setProvisioning(permissionSetArn, accountId, 'stale', -Infinity);
    },
    provisioned: () => settled(() => state.provisionedAt(Infinity)),
    outdated: () => settled(() => state.provisionedAt(Infinity).filter(({ provisioning }) => provisioning === 'stale')),
    start: (kind, what, outcome) => {
      agenda.settle();
      return operations.start({ kind, ...subject(names, state, what) }, outcome ?? {});
    },
    operations: () => settled(() => operations.all()),
    effectiveChanges: () => settled(() => operations.changes()),
    addUser: (user) => void state.users.set(user.id, user),
    addGroup: (group) => void state.groups.set(group.id, group),
    removePrincipal: (principal) => {
      const { principalType, principalId } = names.principal(principal);
      (principalType === 'USER' ? state.users : state.groups).delete(principalId);
    },
    putAccount: (account) => void state.accounts.set(account.id, account),
  };
}

function subject(
  names: Names,
  state: State,
  what: AssignmentLike | { readonly permissionSet: string; readonly account?: string },
): Omit<Parameters<Operations['start']>[0], 'kind'> {
  const found =
    'permissionSetArn' in what || 'principal' in what
      ? names.assignment(what)
      : {
          permissionSetArn: names.permissionSet(what.permissionSet).arn,
          ...(what.account === undefined ? {} : { accountId: names.account(what.account) }),
        };
  return { ...found, instanceArn: state.permissionSets.get(found.permissionSetArn)?.instanceArn ?? '' };
}
