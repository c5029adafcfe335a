import { durationInWords, lifetimeInWords } from '#access/durations';
import { describeEndpoints } from '#access/endpoints';
import { andMore } from '#access/messages/plans';
import type { Result } from '#access/outcome';
import type { AnyRequest } from '#access/any-request';
import type { MaxRemovals } from '#access/files/access-file';
import type { FileRequest, InventoryRequest } from '#access/files/request';
import type { Line } from '#access/request';
import type { Inputs } from '../inputs/inputs.ts';
import { log } from '../log.ts';
import {
  dryRunOf,
  everyLease,
  everything,
  leaseOfId,
  noLifetime,
  reason,
  requested,
  requestedMany,
  withRows,
} from '../messages/report.ts';

/** Lines of a request that are put into one line of the log; of more, `maxLines` are shown. */
const inOneLine = 5;
const maxLines = 15;

/** The first lines of the log: the request, its reason, and endpoints set from outside. */
export function announce({ request, endpoints }: Pick<Inputs<unknown>, 'request' | 'endpoints'>): void {
  const given = inputsOf(request).map(({ input, text }) => `${input} ${text}`);
  const lines = given.length > 0 ? given : [nothingNamed(request)];
  const what = operationOf(request);
  if (lines.length <= inOneLine) log.info(requested(what, lines));
  else {
    log.info(requestedMany(what, lines.length));
    for (const line of lines.slice(0, maxLines)) log.info(`  ${line}`);
    if (lines.length > maxLines) log.info(`  ${andMore(lines.length - maxLines)}`);
  }
  if ('reason' in request && request.reason !== null) log.info(reason(request.reason));
  for (const line of describeEndpoints(endpoints)) log.info(line);
}

/** The request as the summary shows it, a line each. */
export function requestLines(request: AnyRequest): readonly string[] {
  const lines = inputsOf(request).map(({ input, text }) => `${input}: ${text}`);
  return [operationOf(request), ...lines];
}

function operationOf(request: AnyRequest): string {
  const { operation } = request;
  const asked = 'dryRun' in request && request.dryRun ? dryRunOf(operation) : operation;
  if (operation === 'extend') return `${asked} for ${durationInWords(request.lifetimeMs)}`;
  return 'lifetime' in request ? asked + lifetimeInWords(request.lifetime) : asked;
}

function nothingNamed(request: AnyRequest): string {
  if (request.operation === 'inventory') return everything;
  return 'targets' in request ? everyLease : leaseOfId;
}

interface InputText {
  readonly input: string;
  readonly text: string;
}

/** The lines as they were written, with their inputs. */
function inputsOf(request: AnyRequest): readonly InputText[] {
  return [...('files' in request ? filesOf(request) : []), ...linesOf(request)];
}

/** An access file has many rows: its path says which they are. */
function filesOf({ files, prune, ...request }: FileRequest | InventoryRequest): readonly InputText[] {
  const bound = 'maxRemovals' in request ? request.maxRemovals : null;
  if (files.length === 0) return [];
  return [
    ...files.map(({ path, grants }) => ({ input: 'access-file', text: withRows(path, grants.length) })),
    ...(request.operation === 'reconcile' || request.operation === 'inventory'
      ? [{ input: 'prune', text: prune }]
      : []),
    ...(bound === null ? [] : [{ input: 'max-removals', text: boundInWords(bound) }]),
  ];
}

function boundInWords({ count, percent }: MaxRemovals): string {
  return [...(count === null ? [] : [String(count)]), ...(percent === null ? [] : [`${percent}%`])].join(' ');
}

function linesOf(request: AnyRequest): readonly InputText[] {
  if (!('targets' in request)) return [];
  const { principals, roles, targets, exclusions } = request;
  const of = (input: string, lines: readonly Line[]): readonly InputText[] =>
    lines.map(({ text }) => ({ input, text }));
  return [
    ...of('principal', principals),
    ...of('role', roles),
    ...of('target', targets),
    ...exclusions.map(({ text }) => ({ input: 'target', text: `!${text}` })),
  ];
}

/** A notice for a step that sets no lifetime; `null` where it sets one, or where everything failed. */
export function unsaidPermanence(request: AnyRequest, results: readonly Result[]): string | null {
  if (request.operation !== 'assign' || 'files' in request) return null;
  const { lifetime, dryRun } = request;
  if (lifetime.kind !== 'permanent' || lifetime.isUnsaid !== true) return null;
  if (results.every(({ outcome }) => outcome.status === 'FAILED')) return null;
  return noLifetime(dryRun);
}
