import { NormalizedSchema } from '@smithy/core/schema';
import { isRecord } from '#access/json';
import { missingOrOfAnotherType, notAsDocumented } from './messages/requests.ts';

/** The members that every answer of the SDK has. */
export interface Answered {
  readonly $metadata: { readonly httpStatusCode?: number | undefined; readonly requestId?: string | undefined };
}

/**
 * A success without the expected members, or with others in their place, as a device between the runner and AWS might
 * send it: it proves nothing.
 */
export class Incomplete extends Error {
  override readonly name = 'Incomplete';
  /** As the SDK's own errors have it. */
  readonly $metadata: Answered['$metadata'];

  /** @param fault the fault of the member, a predicate */
  constructor(member: string, { $metadata }: Answered, fault = missingOrOfAnotherType) {
    super(notAsDocumented(member, fault));
    this.$metadata = $metadata;
  }
}

/**
 * A member that AWS always sends, although its type is optional. To be called while the answer is read, so that the request
 * is sent again.
 */
export function whole<T>(value: T | undefined, member: string, answer: Answered): T {
  if (value === undefined) throw new Incomplete(member, answer);
  return value;
}

/** The SDK's handling of one request, from the command to the parsed answer. */
type Handler = (args: never) => Promise<{ readonly response: unknown; readonly output: Answered }>;

/** The place where the SDK keeps the operation's schema: an array whose last item is the schema of the answer. */
interface Context {
  readonly __smithy_context?: Readonly<Record<string, unknown>>;
}

/** The part of the SDK's clients that every request goes through. */
export interface Client {
  readonly middlewareStack: {
    add(
      middleware: (next: Handler, context: Context) => Handler,
      options: { readonly name: string; readonly step: 'initialize' },
    ): void;
  };
}

/**
 * Makes a client refuse answers that have a member of another type than documented: the SDK itself passes on any value,
 * except for times. A number in place of a text is accepted as a text, because moto sends such. It returns the same client.
 */
export function onlyDocumented<C extends Client>(client: C): C {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answered = await next(args);
      const { output } = answered;
      asDocumented(output, schemaOfAnswer(context), '', (member) => {
        throw new Incomplete(member, output);
      });
      return answered;
    },
    { name: 'onlyDocumented', step: 'initialize' },
  );
  return client;
}

function schemaOfAnswer({ __smithy_context: smithy }: Context): NormalizedSchema {
  const operation = smithy?.['operationSchema'] as readonly Parameters<typeof NormalizedSchema.of>[0][] | undefined;
  const answer = operation?.at(-1);
  if (answer === undefined) throw new TypeError('the SDK does not say what an answer looks like');
  return NormalizedSchema.of(answer);
}

/** @param member its path, such as `Accounts[].Name` */
type Refuse = (member: string) => never;

/** The value as its schema says; its members are corrected in place. */
function asDocumented(value: unknown, schema: NormalizedSchema, member: string, refuse: Refuse): unknown {
  if (schema.isStructSchema()) return isRecord(value) ? structure(value, schema, member, refuse) : refuse(member);
  if (schema.isListSchema()) return Array.isArray(value) ? list(value, schema, member, refuse) : refuse(member);
  if (schema.isStringSchema()) return isScalar(value) ? String(value) : refuse(member);
  if (schema.isNumericSchema()) return typeof value === 'number' ? value : refuse(member);
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? value : refuse(member);
  // The SDK turns times into dates, or throws; maps and documents are never read.
  return value;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function structure(record: Record<string, unknown>, schema: NormalizedSchema, member: string, refuse: Refuse): unknown {
  for (const [name, of] of schema.structIterator()) {
    const path = member === '' ? name : `${member}.${name}`;
    if (record[name] !== undefined) record[name] = asDocumented(record[name], of, path, refuse);
  }
  return record;
}

function list(items: unknown[], schema: NormalizedSchema, member: string, refuse: Refuse): unknown {
  const of = schema.getValueSchema();
  for (const [index, item] of items.entries()) items[index] = asDocumented(item, of, `${member}[]`, refuse);
  return items;
}
