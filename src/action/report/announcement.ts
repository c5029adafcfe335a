import { durationInWords, lifetimeInWords } from '#access/durations';
import { describeEndpoints } from '#access/endpoints';
import type { AnyRequest, Line } from '#access/request';
import type { Inputs } from '../inputs/inputs.ts';
import { log } from '../log.ts';
import type { Result } from '#access/outcome';

/** So many lines fit into one; of more, so many are shown. */
const inOneLine = 5;
const maxLines = 15;

/** The first lines of the log: what was asked for, and what bends it from outside. */
export function announce({ request, endpoints }: Pick<Inputs<unknown>, 'request' | 'endpoints'>): void {
  const lines = linesOf(request);
  const verb = verbOf(request);
  if (lines.length <= inOneLine) log.info(`Asked to ${verb}: ${lines.join(', ')}.`);
  else {
    log.info(`Asked to ${verb}: ${lines.length} lines.`);
    for (const line of lines.slice(0, maxLines)) log.info(`  ${line}`);
    if (lines.length > maxLines) log.info(`  and ${lines.length - maxLines} more`);
  }
  if ('reason' in request && request.reason !== null) log.info(`Reason: ${request.reason}`);
  for (const line of describeEndpoints(endpoints)) log.info(line);
}

function verbOf(request: AnyRequest): string {
  const { operation } = request;
  const asked = 'dryRun' in request && request.dryRun ? `plan what ${operation} would change (dry run)` : operation;
  if (operation === 'extend') return `${asked} for ${durationInWords(request.lifetimeMs)}`;
  return 'lifetime' in request ? asked + lifetimeInWords(request.lifetime) : asked;
}

/** As they were written, with their inputs. */
function linesOf(request: AnyRequest): readonly string[] {
  if (!('targets' in request)) return ['what lease-id names'];
  const { principals, roles, targets, exclusions } = request;
  const of = (input: string, lines: readonly Line[]): readonly string[] => lines.map(({ text }) => `${input} ${text}`);
  const lines = [
    ...of('principal', principals),
    ...of('role', roles),
    ...of('target', targets),
    ...exclusions.map(({ text }) => `target !${text}`),
  ];
  return lines.length === 0 ? ['every lease'] : lines;
}

/** What a person should know who gave no lifetime, `null` where one was given, or nothing came of the step. */
export function unsaidPermanence(request: AnyRequest, results: readonly Result[]): string | null {
  if (request.operation !== 'assign') return null;
  const { lifetime, dryRun } = request;
  if (lifetime.kind !== 'permanent' || lifetime.isUnsaid !== true) return null;
  if (results.every(({ outcome }) => outcome.status === 'FAILED')) return null;
  const what = `The step gives no lifetime: the access ${dryRun ? 'would be' : 'is'} permanent, and nothing ends it but a revoke.`;
  return `${what} lifetime: 2h would end it after two hours; lifetime: permanent says that it is meant, and silences this.`;
}
