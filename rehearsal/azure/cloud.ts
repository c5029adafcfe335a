import type { Agenda } from '../agenda.ts';
import type { Buckets } from '../buckets.ts';
import type { ArmState } from './arm/state.ts';
import type { AzureEstate } from './estate.ts';
import type { AzureOptions } from './options.ts';
import type { Pim } from './pim/pim.ts';
import type { AccessTokens } from './tokens.ts';

/** Common parts of the servers of the Azure double. */
export interface AzureCloud {
  /** Does not change: tenant, subscriptions, groups, role definitions, principals. */
  readonly estate: AzureEstate;
  /** Changes: role assignments and locks. */
  readonly arm: ArmState;
  /** Changes: temporary assignments. */
  readonly pim: Pim;
  readonly tokens: AccessTokens;
  readonly options: AzureOptions;
  /** ARM's. */
  readonly buckets: Buckets;
  readonly agenda: Agenda;
  readonly now: () => number;
  /** The audiences that ARM takes under a host name: those of that host's cloud. */
  armAudiences(host: string): readonly string[];
}
