import { z } from 'zod';

/* Parts for the schemas of files that people write, in addition to the library's. */

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of a form, which has a description. */
export function text(example: string, form = /\S/u, words = 'text'): z.ZodString {
  return z
    .string(words)
    .regex(form, words)
    .meta({ examples: [example] });
}

/** Subjects of jobs that may sign in. */
export const trusts = z
  .array(
    text(
      'environment:production-access',
      /^(?:repo:[^/\s]+\/[^:\s]+:|environment:|ref:refs\/|pull_request$)/u,
      'a subject, or what follows `repo:owner/name:` in one',
    ),
  )
  .describe('The jobs that may sign in, by their subjects; default the environment of `repository`.');

/** Parts that a person can leave out of a file, because they are added before the check (own/fill.ts). */
export function filled<T extends z.ZodType>(schema: T): z.ZodPipe<z.ZodOptional<T>, T> {
  // An absent value passes the first and fails at the second, whose type need not take it.
  return schema.optional().pipe(schema as never);
}

/** A result of a schema, which is never changed. */
export type Shaped<T extends z.ZodType> = Kept<z.output<T>>;

type Kept<T> = { readonly [K in keyof T]: Kept<T[K]> };
