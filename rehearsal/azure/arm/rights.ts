import type { AzureCloud } from '../cloud.ts';
import { validCondition } from './condition-rules.ts';
import { holds } from './condition-value.ts';
import { allows } from './permissions.ts';

/** `condition`: the role would allow it, the condition of the caller's own assignment does not. */
export type Verdict = 'allowed' | 'denied' | 'condition';

/** Rights of the caller, to change and to read. */
export interface Rights {
  verdict(action: string, scopeId: string, attributes: ReadonlyMap<string, readonly string[]>): Verdict;
  /** True if a subscription or management group (by its scope) is visible to the caller. */
  sees(scopeId: string, action: string): boolean;
}

export function rightsOf({ options, arm }: Pick<AzureCloud, 'options' | 'arm'>): Rights {
  const { callerRole, visible } = options;
  const condition = callerRole?.condition === undefined ? undefined : validCondition(callerRole.condition);
  const scopes = (callerRole?.scopes ?? ['/']).map((scope) => scope.toLowerCase());

  /** The nearest subscription or management group is one that the caller sees. */
  const inSight = (scopeId: string): boolean => {
    const holder = arm.lineage(scopeId).find((id) => CONTAINER.test(id));
    const name = holder?.split('/').at(-1);
    return name === undefined || visible === undefined || visible.some((id) => id.toLowerCase() === name);
  };
  return {
    verdict: (action, scopeId, attributes) => {
      if (!inSight(scopeId)) return 'denied';
      if (callerRole === undefined) return 'allowed';
      const line = arm.lineage(scopeId);
      if (!scopes.some((scope) => line.includes(scope)) || !allows(callerRole.permissions, action)) return 'denied';
      return condition === undefined || holds(condition, { action, attributes }) ? 'allowed' : 'condition';
    },
    sees: (scopeId, action) => {
      if (!inSight(scopeId)) return false;
      if (callerRole === undefined) return true;
      // Rights on something below are enough to see what holds it.
      const line = arm.lineage(scopeId);
      const near = scopes.some((scope) => line.includes(scope) || arm.lineage(scope).includes(scopeId.toLowerCase()));
      return near && allows(callerRole.permissions, action);
    },
  };
}

const CONTAINER = /^\/(?:subscriptions|providers\/microsoft\.management\/managementgroups)\/[^/]+$/;
