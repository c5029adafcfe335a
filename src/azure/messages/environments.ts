import { Refusal } from '#access/errors';

/** Statements of a custom cloud about itself that this action does not accept. @param origin of the cloud */
export const noLogin = (origin: string): Refusal =>
  new Refusal(
    `${origin}/metadata/endpoints names no login endpoint or no audience.`,
    'Check azure-environment. It must be the address of an Azure Resource Manager.',
  );

/** @param member of the response */
export const unsafeAddress = (origin: string, address: string, member: string): Refusal =>
  new Refusal(
    `${origin}/metadata/endpoints names ${address} as its ${member}, which is not an https address that tokens can be sent to.`,
    'Check azure-environment. It must be the address of an Azure Resource Manager that you trust.',
  );

export const foreignLogin = (origin: string, login: string): Refusal =>
  new Refusal(
    `${origin}/metadata/endpoints names ${login} as its login, which is in another domain. This action does not send it the ID token of the job.`,
    'Check azure-environment, and who operates that address. Only if the login is your own, set AZURE_AUTHORITY_HOST to it and name its host in allowed-endpoints.',
  );

export const foreignAudience = (origin: string, resource: string): Refusal =>
  new Refusal(
    `${origin}/metadata/endpoints requests tokens for ${resource}, which could open something in a well-known cloud. A custom azure-environment never gets such a token.`,
    'If you mean a well-known cloud, name it: azure-environment: AzureCloud.',
  );

export const foreignGraph = (origin: string, graph: string): string =>
  `${origin} names ${graph} as its Microsoft Graph, which is not its own. This action sends it nothing, and cannot look up principals by name.`;

export const regionIgnored = (variable: string): string =>
  `${variable} was set after the main step and is ignored. This step signs in where the main step did.`;

/** @param used the value in the main step, `null` where it had none */
export const authorityChanged = (variable: string, used: string | null): string =>
  `${variable} has changed since the main step. This step signs in where the main step did (${used ?? 'not set'}).`;
