import type { OpenEntry } from '../../journal.ts';
import type { Answer } from '../../serving/dialect.ts';

/** An error answer of Microsoft Graph. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Source of the form: the answers quoted in microsoft-graph-docs-contrib#3042 and #2362. */
export function graphError({ status, code, message, headers }: GraphError, entry: OpenEntry, now: number): Answer {
  const date = new Date(now).toISOString().slice(0, 19);
  const ids = { 'request-id': entry.requestId, 'client-request-id': entry.requestId };
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error: { code, message, innerError: { date, ...ids } } }),
    code,
  };
}

export const refusals = {
  /** azure-cli's recorded tests have it five times (docs/design/azure.md#microsoft-graph). */
  denied: () =>
    new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
  notFound: (id: string) =>
    new GraphError(
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    ),
  noSegment: (segment: string) => new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`),
  notAnId: (id: string) => new GraphError(400, 'Request_BadRequest', `Invalid object identifier '${id}'.`),
  unsupported: (message: string) => new GraphError(400, 'Request_UnsupportedQuery', message),
  syntax: (message: string) => new GraphError(400, 'BadRequest', `Invalid filter clause: ${message}`),
} as const;
