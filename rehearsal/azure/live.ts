import type { LiveArm } from './arm/live.ts';
import type { ArmState } from './arm/state.ts';
import type { AzureEstate } from './estate.ts';

/** The real state of Azure, for tests and for changes by other callers. Lags do not apply to reads here. */
export interface LiveAzure
  extends
    LiveArm,
    Pick<
      AzureEstate,
      'users' | 'groups' | 'servicePrincipals' | 'applications' | 'subscriptions' | 'managementGroups'
    > {
  readonly roles: AzureEstate['roleDefinitions'];
}

export function makeLiveAzure(estate: AzureEstate, arm: ArmState): LiveAzure {
  const { users, groups, servicePrincipals, applications, subscriptions, managementGroups } = estate;
  return {
    ...{ users, groups, servicePrincipals, applications, subscriptions, managementGroups },
    roles: estate.roleDefinitions,
    assignments: () => arm.assignments(),
    add: (assignment) => arm.add(assignment),
    remove: (what) => {
      arm.remove(what);
    },
    has: (tuple) => arm.has(tuple),
    find: (tuple) => arm.find(tuple),
    lock: (scope, kind) => {
      arm.lock(scope, kind);
    },
    unlock: (scope) => {
      arm.unlock(scope);
    },
    effectiveChanges: () => arm.effectiveChanges(),
    role: (name) => arm.role(name),
  };
}
