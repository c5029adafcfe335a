import { z } from 'zod';

import { schemaAt, writtenExample } from './examples.ts';

/** Place in a file: `groups`, 2, `id`. */
export type Path = readonly PropertyKey[];

export interface Fault {
  readonly path: Path;
  readonly says: string;
}

/** All faults in the form of a value, with a correct value. */
export function shapeFaults(schema: z.ZodType, value: unknown): readonly Fault[] {
  const { error } = schema.safeParse(value, { reportInput: true });
  return (error?.issues ?? []).flatMap((issue) => {
    const it = schemaAt(schema, issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, says: wrong(issue, writtenExample(it)) }];
    const known = it instanceof z.ZodObject ? Object.keys(it.shape).join(', ') : '';
    return issue.keys.map((key) => ({ path: [...issue.path, key], says: `nothing reads this; there are: ${known}` }));
  });
}

function wrong(issue: z.core.$ZodIssue, example: string): string {
  const { input } = issue;
  const what = `${wordsOf(issue)}, such as ${example}`;
  if (input === undefined) return `is missing: write ${what}`;
  if (input === null) return `is empty: leave it out, or write ${what}`;
  return `${shown(input)} must be ${what}`;
}

const words: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  object: 'names with values',
  record: 'names with values',
};

/** The expected value; text has words of its own. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  const other = issue.code === 'invalid_type' ? words[issue.expected] : undefined;
  // An unquoted number loses its leading zeros.
  const isBare = typeof issue.input === 'number' && !issue.message.includes('quotes');
  return other ?? `${issue.message}${isBare ? ' in quotes' : ''}`;
}

function shown(value: unknown): string {
  const whole = JSON.stringify(value);
  return whole.length > 60 ? `${whole.slice(0, 59)}…` : whole;
}
