import { ok, wrong, type InputDeclaration, type Parsed } from './declaration.ts';
import { notLines, splitLines } from './list-shapes.ts';
import { neitherTrueNorFalse, notA, notACount, notOneOf } from './messages/values.ts';
import { nearMatches } from './near.ts';
import { operations as all, type OperationName } from './request.ts';

/** The value that switches off an input whose default is not empty: an empty expression must not. */
const none = 'none';

/** A free text of one or several lines. */
export function text(fallback: string, example: string, of: readonly OperationName[]): InputDeclaration<string | null> {
  return { fallback, example, operations: of, parse: (value) => ok(value), absent: null };
}

/** A text that names what a cloud has. */
export function names(
  fallback: string,
  example: string,
  of: readonly OperationName[],
): InputDeclaration<string | null> {
  return { ...text(fallback, example, of), isName: true };
}

/** A switch. @param safe the value that grants less, where the meaning is unknown */
export function flag(
  fallback: 'true' | 'false',
  safe: 'true' | 'false',
  of: readonly OperationName[],
): InputDeclaration<boolean> {
  return {
    fallback,
    example: safe,
    operations: of,
    parse: (value) => {
      if (value === 'true') return ok(true);
      return value === 'false' ? ok(false) : wrong(neitherTrueNorFalse(value), meantBy(value));
    },
    absent: fallback === 'true',
  };
}

/** Other words for a switch: YAML's, and those of other tools. */
function meantBy(value: string): 'true' | 'false' | undefined {
  if (/^(?:true|yes|y|on|1)$/iu.test(value)) return 'true';
  return /^(?:false|no|n|off|0)$/iu.test(value) ? 'false' : undefined;
}

/** Values of one line each; a value that is a list in another notation, or lines that are not correct, are wrong. */
export function parseEachLine(
  value: string,
  isCorrect: (line: string) => boolean,
  problem: (strange: readonly string[]) => string,
): Parsed<readonly string[]> {
  const shape = notLines(value);
  if (shape !== null) return wrong(shape.problem);
  const lines = splitLines(value);
  const strange = lines.filter((line) => !isCorrect(line));
  return strange.length === 0 ? ok(lines) : wrong(problem(strange));
}

/** An input that may be empty. */
export function optional<T>(
  parse: (value: string) => Parsed<T>,
  example: string,
  of: readonly OperationName[],
): InputDeclaration<T | null> {
  return { fallback: '', example, operations: of, parse, absent: null };
}

/** An input that may be empty, and otherwise has a shape. */
export function matching(
  pattern: RegExp,
  what: string,
  example: string,
  of: readonly OperationName[] = all,
): InputDeclaration<string | null> {
  return optional((value) => (pattern.test(value) ? ok(value) : wrong(notA(what, value))), example, of);
}

/** The audience of an ID token. */
export function audience(example: string, of: readonly OperationName[] = all): InputDeclaration<string | null> {
  return matching(/^\S{1,255}$/u, 'audience', example, of);
}

/** The same input where only `none` stands for nothing. */
export function orNone<T>(input: InputDeclaration<T>): InputDeclaration<T | null> {
  return {
    ...input,
    fallback: none,
    parse: (value) => (value === none ? ok(null) : input.parse(value)),
    absent: null,
  };
}

/** The same input where nothing stands for this value. */
export function withDefault(fallback: string, input: InputDeclaration<string | null>): InputDeclaration<string> {
  const parse = (value: string): Parsed<string> => {
    const parsed = input.parse(value);
    return parsed.ok ? ok(parsed.value ?? fallback) : parsed;
  };
  return { ...input, fallback, parse, absent: fallback };
}

/** A whole number from 1 on. */
export function count(example: string, of: readonly OperationName[]): InputDeclaration<number | null> {
  return optional(parseCount, example, of);
}

function parseCount(value: string): Parsed<number> {
  return /^[1-9]\d{0,6}$/u.test(value) ? ok(Number(value)) : wrong(notACount(value));
}

/** True if a text is one line, without control characters. */
export function isOneLine(value: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);
}

/** One of several words. */
export function oneOf<const T extends string>(allowed: readonly T[]): (value: string) => Parsed<T> {
  return (value) => {
    const found = allowed.find((it) => it === value);
    if (found !== undefined) return ok(found);
    return wrong(notOneOf(value, allowed), nearMatches(value, allowed, 1)[0]);
  };
}
