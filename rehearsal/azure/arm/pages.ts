import { digest, stretch } from '../../order.ts';
import type { Answer } from '../../serving/dialect.ts';
import { json, type Call } from './call.ts';
import { ArmRefusal } from './refusal.ts';
import { parameter } from './routes.ts';

interface Mark {
  /** The request that it belongs to. */
  readonly of: string;
  /** The order of the last item given. */
  readonly after: string;
  /** An empty page has been given. */
  readonly emptied: boolean;
}

/** ARM reserves the right to page any list; the size is not known for sure (docs/design/azure.md#lists-and-filters). */
const PAGE_SIZE = 50;

/**
 * A list's answer: one page in an order of the service's own, `nextLink` is absolute on the host that was asked. A list
 * of several pages has an empty one, which a client has to pass.
 */
export function paged<T>(
  call: Call,
  items: Iterable<T>,
  keyOf: (item: T) => string,
  wire: (item: T) => unknown,
): Answer {
  const { request, route, cloud } = call;
  const of = digest(
    `${route.operation} ${route.scope} ${route.name} ${parameter(route.query, '$filter') ?? ''}`.toLowerCase(),
  );
  const token = parameter(route.query, '$skipToken');
  const mark = token === undefined ? undefined : read(token, of);
  const size = cloud.options.pageSize ?? PAGE_SIZE;
  const turnToBeEmpty = mark !== undefined && !mark.emptied;
  const chosen = stretch(
    items,
    keyOf,
    mark === undefined || mark.after === '' ? null : mark.after,
    turnToBeEmpty ? 0 : size,
  );
  const after = chosen.last ?? mark?.after ?? '';
  const emptied = mark !== undefined;
  const next = chosen.more ? { nextLink: link(request, { of, after, emptied }) } : {};
  return json(200, { value: chosen.items.map(wire), ...next });
}

function link({ headers, url }: Call['request'], mark: Mark): string {
  const next = new URL(url.replace(/^\/\/(?!\/)/, '/'), `https://${headers['host'] ?? 'localhost'}`);
  for (const name of [...next.searchParams.keys()])
    if (name.toLowerCase() === '$skiptoken') next.searchParams.delete(name);
  next.searchParams.set('$skipToken', Buffer.from(JSON.stringify(mark)).toString('base64url'));
  return next.href;
}

function read(token: string, of: string): Mark {
  try {
    const found = JSON.parse(Buffer.from(token, 'base64url').toString()) as Mark;
    if (found.of === of) return found;
  } catch {
    // not a link of this server
  }
  throw new ArmRefusal(400, 'InvalidSkipToken', `The provided skip token '${token}' is invalid.`);
}
