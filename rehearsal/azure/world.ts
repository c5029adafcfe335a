import type { WellKnownCloud } from './environments.ts';
import type { LiveAzure } from './live.ts';
import type { LivePim } from './pim/live.ts';

/** The Azure of a rehearsal, as tests and scenes see it. */
export interface AzureWorld {
  /** ARM's address, for the input `azure-environment`. */
  readonly environment: string;
  /** The workflow's identity, and its place. */
  readonly ids: AzureIds;
  /** Ready to spread into the inputs of a step. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly estate: LiveAzure;
  /** Privileged Identity Management. */
  readonly pim: LivePim;
  /**
   * Environment variables with which a step sees the Azure CLI, with a session as Azure/login left it when the world
   * began.
   */
  readonly cli: Readonly<Record<string, string>>;
  /**
   * Azure/login runs again now: its assertion is good for new resources for five minutes. The cloud is the rehearsal's
   * own, or AzureCloud where there is a proxy, unless it is named.
   */
  loginCli(cloud?: WellKnownCloud): void;
  /** The CLI is there, without a session. */
  logoutCli(): void;
  /** PEM of the authority behind the servers' certificates. */
  readonly ca: string;
  /** The addresses of Entra and Graph. */
  readonly login: string;
  readonly graph: string;
  /** An access token as Entra would issue it, by default the broker's for ARM. */
  token(audience?: string): string;
}

export interface AzureIds {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly clientId: string;
  readonly callerObjectId: string;
}
