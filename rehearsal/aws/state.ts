import type { Account, Estate, Group, Instance, OrganizationalUnit, PermissionSetEntry, User } from '../estate.ts';
import { makeIndex } from '../indexed.ts';
import { makeTimeline, type Timeline } from '../timeline.ts';

export type PrincipalType = 'USER' | 'GROUP';

/** An account assignment, as AWS writes it. */
export interface Assignment {
  readonly accountId: string;
  readonly permissionSetArn: string;
  readonly principalType: PrincipalType;
  readonly principalId: string;
}

export interface PermissionSet extends PermissionSetEntry {
  readonly arn: string;
  readonly instanceArn: string;
}

/** State of a permission set's role in an account, and its version. */
export type Provisioning = 'latest' | 'stale' | 'none';

/** State of the cloud, and the part that a reader sees. Times are ms epoch; minus infinity means "as if always". */
export interface State {
  readonly estate: Estate;
  readonly instances: Instance[];
  readonly accounts: Map<string, Account>;
  readonly organizationalUnits: Map<string, OrganizationalUnit>;
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  /** By ARN. */
  readonly permissionSets: Map<string, PermissionSet>;
  hasPrincipal(type: PrincipalType, id: string): boolean;
  isAssigned(assignment: Assignment): boolean;
  setAssigned(assignment: Assignment, present: boolean, since: number): void;
  /** The assignments as a reader saw them at a time. */
  assignmentsAt(time: number, filter?: Partial<Assignment>): Assignment[];
  provisioning(permissionSetArn: string, accountId: string): Provisioning;
  setProvisioning(permissionSetArn: string, accountId: string, value: Provisioning, since: number): void;
  provisionedAt(time: number, filter?: ProvisionedFilter): Provisioned[];
}

export interface Provisioned {
  readonly permissionSetArn: string;
  readonly accountId: string;
  readonly provisioning: Provisioning;
}

export type ProvisionedFilter = Partial<Pick<Provisioned, 'permissionSetArn' | 'accountId'>>;

const byId = <T extends { readonly id: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((item) => [item.id, item]));

export function makeState(estate: Estate): State {
  // Found by the filters of lists: an estate can have many thousands.
  const assignments = makeIndex<AssignmentEntry>();
  const provisioned = makeIndex<ProvisionedEntry>();
  const users = byId(estate.users);
  const groups = byId(estate.groups);
  return {
    estate,
    instances: [...estate.instances],
    accounts: byId(estate.organization?.accounts ?? []),
    organizationalUnits: byId(estate.organization?.organizationalUnits ?? []),
    users,
    groups,
    permissionSets: permissionSetsOf(estate),
    hasPrincipal: (type, id) => (type === 'USER' ? users : groups).has(id),
    isAssigned: (assignment) => assignments.get(nameOf(assignment))?.present.now() ?? false,
    setAssigned: (assignment, present, since) => {
      const { accountId, permissionSetArn, principalType, principalId } = assignment;
      const entry = assignments.of(nameOf(assignment), [place(assignment), principal(assignment), ''], () => ({
        row: { accountId, permissionSetArn, principalType, principalId },
        present: makeTimeline(false),
      }));
      entry.present.set(present, since);
    },
    assignmentsAt: (time, filter = {}) => {
      const { accountId, permissionSetArn, principalType, principalId } = filter;
      const group =
        accountId !== undefined && permissionSetArn !== undefined
          ? place({ accountId, permissionSetArn })
          : principalType !== undefined && principalId !== undefined
            ? principal({ principalType, principalId })
            : '';
      return [...assignments.group(group)]
        .filter(({ row, present }) => present.at(time) && matches(row, filter))
        .map(({ row }) => row);
    },
    provisioning: (permissionSetArn, accountId) =>
      provisioned.get(place({ accountId, permissionSetArn }))?.value.now() ?? 'none',
    setProvisioning: (permissionSetArn, accountId, value, since) => {
      const name = place({ accountId, permissionSetArn });
      const entry = provisioned.of(name, [accountId, permissionSetArn, ''], () => ({
        permissionSetArn,
        accountId,
        value: makeTimeline<Provisioning>('none'),
      }));
      entry.value.set(value, since);
    },
    provisionedAt: (time, filter = {}) =>
      [...provisioned.group(filter.permissionSetArn ?? filter.accountId ?? '')]
        .filter((entry) => matches(entry, filter))
        .map(({ permissionSetArn, accountId, value }) => ({
          permissionSetArn,
          accountId,
          provisioning: value.at(time),
        }))
        .filter(({ provisioning }) => provisioning !== 'none'),
  };
}

interface AssignmentEntry {
  readonly row: Assignment;
  readonly present: Timeline<boolean>;
}

type ProvisionedEntry = Omit<Provisioned, 'provisioning'> & { readonly value: Timeline<Provisioning> };

const place = (row: Pick<Assignment, 'accountId' | 'permissionSetArn'>): string =>
  `${row.accountId} ${row.permissionSetArn}`;
const principal = (row: Pick<Assignment, 'principalType' | 'principalId'>): string =>
  `${row.principalType} ${row.principalId}`;
const nameOf = (row: Assignment): string => `${place(row)} ${principal(row)}`;

function matches<T extends object>(row: T, filter: Partial<T>): boolean {
  return (Object.keys(filter) as (keyof T)[]).every((name) => row[name] === filter[name]);
}

function permissionSetsOf(estate: Estate): Map<string, PermissionSet> {
  const home = estate.instances.find(({ permissionSetsEnabled }) => permissionSetsEnabled !== false);
  const sets = new Map<string, PermissionSet>();
  for (const entry of estate.permissionSets) {
    const instanceArn = entry.instance ?? home?.arn;
    if (instanceArn === undefined) throw new Error('The estate has permission sets but no instance for them.');
    const arn = `${instanceArn.replace(':instance/', ':permissionSet/')}/${entry.id}`;
    sets.set(arn, { ...entry, arn, instanceArn });
  }
  return sets;
}
