import { randomUUID } from 'node:crypto';

import type { OpenEntry } from '../journal.ts';
import type { Answer } from '../serving/dialect.ts';

/** A refusal of Entra's, by its number. */
export class SignInError extends Error {
  readonly number: number;

  constructor(number: number, message: string) {
    super(message);
    this.number = number;
  }
}

/**
 * The OAuth error that goes with a number; a number that is not listed is `invalid_request`. Client errors are 401, all
 * others 400. Sources: the answers quoted in Azure/azure-workload-identity#1200 (700211), #616 (70021), Azure/login#482
 * (700213), microsoft/Agents#202 (7002137), microsoft/AL-Go#1147 (70025) and Microsoft's reference of error codes.
 */
const oauthErrors: Readonly<Record<number, string>> = {
  70011: 'invalid_scope',
  1002012: 'invalid_scope',
  70003: 'unsupported_grant_type',
  500011: 'invalid_resource',
  700016: 'unauthorized_client',
  70025: 'invalid_client',
  700024: 'invalid_client',
  700027: 'invalid_client',
  700211: 'invalid_client',
  700212: 'invalid_client',
  700213: 'invalid_client',
  7000216: 'invalid_client',
  7000218: 'invalid_client',
  7002138: 'invalid_client',
  90055: 'temporarily_unavailable',
};

export interface ErrorContext {
  readonly entry: OpenEntry;
  readonly host: string;
  readonly correlationId: string | undefined;
  readonly now: number;
}

/** An error in Entra's form. */
export function signInError(
  { number, message }: SignInError,
  { entry, host, correlationId, now }: ErrorContext,
  more: { readonly error?: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Answer {
  const error = more.error ?? oauthErrors[number] ?? 'invalid_request';
  const correlation = correlationId ?? randomUUID();
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const body = {
    error,
    error_description: `AADSTS${number}: ${message} Trace ID: ${entry.requestId} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: entry.requestId,
    correlation_id: correlation,
    error_uri: `https://${host}/error?code=${number}`,
  };
  return {
    status: more.status ?? (error === 'invalid_client' ? 401 : 400),
    headers: { 'content-type': 'application/json; charset=utf-8', ...more.headers },
    body: JSON.stringify(body),
    code: `AADSTS${number}`,
  };
}

/** The sentences, as far as Entra was seen to say them; see `oauthErrors` for where. */
export const sentences = {
  tenantNotFound: (tenant: string) =>
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  tenantMalformed: (tenant: string) =>
    `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
  applicationNotFound: (id: string, directory: string) =>
    `Application with identifier '${id}' was not found in the directory '${directory}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  noCredentials: (id: string, name: string) =>
    `The client '${id}'(${name}) has no configured federated identity credentials.`,
  noMatch: (what: 'issuer' | 'subject' | 'audience', value: string) =>
    `No matching federated identity record found for presented assertion ${what} '${value}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
  otherLetterCase: (subject: string) =>
    `No matching federated identity record found for presented assertion subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. See documentation at: https://learn.microsoft.com/entra/workload-id/workload-identity-federation. See breaking change notification and remediation at: https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024.`,
  olderNoMatch: (issuer: string, subject: string, audience: string) =>
    `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`,
  outOfTime: (now: number, from: number, until: number) =>
    `Client assertion is not within its valid time range. Current time: ${ticks(now)}, assertion valid from ${ticks(from)}, expiry time of assertion ${ticks(until)}. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .`,
  resourceNotFound: (resource: string, tenant: string) =>
    `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  scopeWithoutDefault: (scope: string) =>
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
} as const;

/** Seven places behind the second, as .NET writes time. */
function ticks(ms: number): string {
  return new Date(ms).toISOString().replace(/Z$/, '0000Z');
}
