import type { Account, Estate, Group, Instance, OrganizationalUnit, PermissionSetEntry, User } from './estate.ts';
import { makeTimeline, type Timeline } from './timeline.ts';

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

/** Whether an account has a permission set's role, and in which version. */
export type Provisioning = 'latest' | 'stale' | 'none';

/** What the cloud holds, and what of it a reader sees. Times are ms epoch; minus infinity means "as if always". */
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
  // By account and permission set: lists ask for both, and an estate can have many thousands.
  const assignments = new Map<string, Map<string, { readonly row: Assignment; readonly present: Timeline<boolean> }>>();
  const provisioned = new Map<string, Omit<Provisioned, 'provisioning'> & { readonly value: Timeline<Provisioning> }>();
  const users = byId(estate.users);
  const groups = byId(estate.groups);
  const place = (row: Pick<Assignment, 'accountId' | 'permissionSetArn'>): string =>
    `${row.accountId} ${row.permissionSetArn}`;
  const principal = (row: Assignment): string => `${row.principalType} ${row.principalId}`;
  return {
    estate,
    instances: [...estate.instances],
    accounts: byId(estate.organization?.accounts ?? []),
    organizationalUnits: byId(estate.organization?.organizationalUnits ?? []),
    users,
    groups,
    permissionSets: permissionSetsOf(estate),
    hasPrincipal: (type, id) => (type === 'USER' ? users : groups).has(id),
    isAssigned: (assignment) => assignments.get(place(assignment))?.get(principal(assignment))?.present.now() ?? false,
    setAssigned: (assignment, present, since) => {
      const { accountId, permissionSetArn, principalType, principalId } = assignment;
      const rows =
        assignments.get(place(assignment)) ?? new Map<string, { row: Assignment; present: Timeline<boolean> }>();
      assignments.set(place(assignment), rows);
      const entry = rows.get(principal(assignment)) ?? {
        row: { accountId, permissionSetArn, principalType, principalId },
        present: makeTimeline(false),
      };
      rows.set(principal(assignment), entry);
      entry.present.set(present, since);
    },
    assignmentsAt: (time, filter = {}) => {
      const { accountId, permissionSetArn } = filter;
      const places =
        accountId === undefined || permissionSetArn === undefined
          ? [...assignments.values()]
          : [assignments.get(place({ accountId, permissionSetArn })) ?? new Map<string, never>()];
      return places
        .flatMap((rows) => [...rows.values()])
        .filter(({ row, present }) => present.at(time) && matches(row, filter))
        .map(({ row }) => row);
    },
    provisioning: (permissionSetArn, accountId) =>
      provisioned.get(`${permissionSetArn} ${accountId}`)?.value.now() ?? 'none',
    setProvisioning: (permissionSetArn, accountId, value, since) => {
      const name = `${permissionSetArn} ${accountId}`;
      const entry = provisioned.get(name) ?? { permissionSetArn, accountId, value: makeTimeline<Provisioning>('none') };
      provisioned.set(name, entry);
      entry.value.set(value, since);
    },
    provisionedAt: (time, filter = {}) =>
      [...provisioned.values()]
        .filter((entry) => matches(entry, filter))
        .map(({ permissionSetArn, accountId, value }) => ({
          permissionSetArn,
          accountId,
          provisioning: value.at(time),
        }))
        .filter(({ provisioning }) => provisioning !== 'none'),
  };
}

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
