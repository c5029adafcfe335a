import type { Budget } from '#access/clock';
import type { Instance } from '../instance.ts';
import type { Organization } from '../resolve/organization.ts';
import type { PermissionSets } from '../resolve/permission-sets.ts';
import type { OwnAccounts } from '../resolve/privileged.ts';
import type { AwsSession } from '../session.ts';

/** The parts of a step that access files and inventories share with its other functions. */
export interface AccessTools {
  readonly session: AwsSession;
  readonly organization: Organization;
  /** Makes the instance known, also to the functions that carry grants out. */
  readonly attach: (budget: Budget) => Promise<Attached>;
  /** The signed-in identity. */
  readonly caller: (budget: Budget) => Promise<string>;
}

/** The instance, and what was read of it. */
export interface Attached {
  readonly instance: Instance;
  readonly permissionSets: PermissionSets;
}

/** Facts that are read once. */
export interface Around {
  readonly attached: (budget: Budget) => Promise<Attached>;
  /** The management account, `null` where unknown. */
  readonly management: (budget: Budget) => Promise<string | null>;
  readonly own: (budget: Budget) => Promise<OwnAccounts>;
}
