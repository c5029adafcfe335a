import { stringify } from 'yaml';
import { z } from 'zod';

/** The schema of the value at a path. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType {
  return path.reduce<z.ZodType>((it, part) => {
    if (it instanceof z.ZodObject) return bare((it.shape as Fields)[String(part)] ?? it);
    if (it instanceof z.ZodArray) return bare(it.element as z.ZodType);
    return it instanceof z.ZodRecord ? bare(it.valueType as z.ZodType) : it;
  }, bare(schema));
}

type Fields = Readonly<Record<string, z.ZodType>>;

/** Without what says only that a value may be absent. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return bare(schema.in as z.ZodType);
  return schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional
    ? bare(schema.unwrap() as z.ZodType)
    : schema;
}

/** A correct value as a person would write it: the required members of a mapping, else its first part. */
export function writtenExample(schema: z.ZodType): string {
  const written = stringify(exampleOf(schema), { collectionStyle: 'flow', singleQuote: true, lineWidth: 0 });
  return written.trimEnd().replaceAll('[ ', '[').replaceAll(' ]', ']');
}

function exampleOf(given: z.ZodType): unknown {
  const schema = bare(given);
  const [written] = (schema.meta()?.['examples'] ?? []) as readonly unknown[];
  if (written !== undefined) return written;
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodArray) return [exampleOf(schema.element as z.ZodType)];
  if (schema instanceof z.ZodRecord) return { name: exampleOf(schema.valueType as z.ZodType) };
  if (!(schema instanceof z.ZodObject)) return true;
  const fields = Object.entries<z.ZodType>(schema.shape);
  const needed = fields.filter(([, field]) => field._zod.optin === undefined);
  const shown = needed.length > 0 ? needed : fields.slice(0, 1);
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field)]));
}
