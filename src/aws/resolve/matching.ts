import { ok, wrong, type InputDeclaration } from '../../access/declaration.ts';
import { operations, type OperationName } from '../../access/request.ts';

/** An input that may be empty, and otherwise has a shape. */
export function matching(
  pattern: RegExp,
  what: string,
  example: string,
  of: readonly OperationName[] = operations,
): InputDeclaration<string | null> {
  return {
    fallback: '',
    example,
    operations: of,
    parse: (value) => (pattern.test(value) ? ok(value) : wrong(`is "${value}", which is no ${what}`)),
    absent: null,
  };
}
