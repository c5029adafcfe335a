import { NormalizedSchema } from '@smithy/core/schema';
import { Incomplete, type Answered } from './incomplete.ts';

/** What the SDK does with one request, from a command to the answer as it has read it. */
type Handler = (args: never) => Promise<{ readonly response: unknown; readonly output: Answered }>;

/** The SDK keeps the operation's schema here: an array, whose last item is the schema of the answer. */
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
 * Makes a client refuse answers that have a member of another type than documented: the SDK itself passes on whatever
 * stands there, but for times. It returns the same client.
 */
export function onlyDocumented<C extends Client>(client: C): C {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answered = await next(args);
      const { output } = answered;
      const strange = strangeMember(output, schemaOfAnswer(context), '');
      if (strange !== null) throw new Incomplete(strange, output);
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

/** The first member of another type, such as `Accounts[].Name`; `null` for none. */
function strangeMember(value: unknown, schema: NormalizedSchema, path: string): string | null {
  if (schema.isStructSchema()) return isObject(value) ? strangeIn(value, schema, path) : path;
  if (schema.isListSchema()) return Array.isArray(value) ? strangeAmong(value, schema.getValueSchema(), path) : path;
  if (schema.isStringSchema()) return typeof value === 'string' ? null : path;
  if (schema.isNumericSchema()) return typeof value === 'number' ? null : path;
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? null : path;
  // Of times the SDK makes dates, or stumbles; maps and documents nobody reads.
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strangeIn(value: Readonly<Record<string, unknown>>, schema: NormalizedSchema, path: string): string | null {
  for (const [name, member] of schema.structIterator()) {
    if (value[name] === undefined) continue;
    const strange = strangeMember(value[name], member, path === '' ? name : `${path}.${name}`);
    if (strange !== null) return strange;
  }
  return null;
}

function strangeAmong(items: readonly unknown[], schema: NormalizedSchema, path: string): string | null {
  for (const item of items) {
    const strange = strangeMember(item, schema, `${path}[]`);
    if (strange !== null) return strange;
  }
  return null;
}
