import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
  type Expr,
} from '@actions/expressions/ast';
import { truthy } from '@actions/expressions/result';

import { Misuse } from './options.ts';

/** The contexts of an expression: `github`, `inputs`, `steps` and so on, as plain values. */
export type Contexts = Readonly<Record<string, unknown>>;

/** The result so far of a job, or of the jobs that it needs. */
export type Standing = 'success' | 'failure' | 'skipped';

/** Values for expressions. */
export interface Scope {
  readonly contexts: Contexts;
  readonly standing: Standing;
  /** The values that a person gives whole expressions, by their text. */
  readonly given: ReadonlyMap<string, string>;
}

const names = ['github', 'inputs', 'env', 'vars', 'secrets', 'needs', 'steps', 'job', 'runner', 'matrix', 'strategy'];
const statusFunctions: readonly string[] = ['success', 'failure', 'always', 'cancelled'];
/** A text in quotes can have braces in it. */
const templates = /\$\{\{(?<expression>(?:'(?:[^']|'')*'|[^'])*?)\}\}/gsu;

/** A text with its expressions evaluated as GitHub does. Throws Misuse. */
export function evaluateText(template: string, scope: Scope): string {
  return template.replaceAll(templates, (_, expression: string) => evaluated(expression, scope).coerceString());
}

/** True if a condition holds; without a status function, only as long as nothing has failed. Throws Misuse. */
export function evaluateCondition(condition: string | null, scope: Scope): boolean {
  const bare = bareCondition(condition ?? '');
  if (bare === '') return scope.standing === 'success';
  const asksStatus = functionsIn(parsed(bare)).some((name) => statusFunctions.includes(name));
  if (!asksStatus && scope.standing !== 'success') return false;
  return truthy(evaluated(bare, scope));
}

/** The expressions of a text, trimmed. */
export function expressionsIn(template: string): readonly string[] {
  return [...template.matchAll(templates)].map(({ groups }) => (groups?.['expression'] ?? '').trim());
}

/** A condition is an expression with or without its braces. */
export function bareCondition(condition: string): string {
  const [only, ...others] = expressionsIn(condition);
  const isWhole = only !== undefined && others.length === 0 && /^\s*\$\{\{.*\}\}\s*$/su.test(condition);
  if (isWhole) return only;
  // GitHub converts it to a text, which is true unless it is empty.
  return only === undefined ? condition.trim() : `format('{0}', '${condition.replaceAll("'", "''")}')`;
}

/** The paths that an expression reads: `vars.TEAM`, `steps.access.outputs.lease-id`. Throws Misuse. */
export function pathsIn(expression: string): readonly string[] {
  return pathsOf(parsed(expression));
}

function pathsOf(node: Expr): readonly string[] {
  const path = pathOf(node);
  return path === null ? childrenOf(node).flatMap(pathsOf) : [path];
}

function pathOf(node: Expr): string | null {
  if (node instanceof ContextAccess) return node.name.lexeme;
  if (!(node instanceof IndexAccess && node.index instanceof Literal)) return null;
  const before = pathOf(node.expr);
  return before === null ? null : `${before}.${node.index.literal.coerceString()}`;
}

function childrenOf(node: Expr): readonly Expr[] {
  if (node instanceof IndexAccess) return [node.expr, node.index];
  if (node instanceof Binary) return [node.left, node.right];
  if (node instanceof Logical || node instanceof FunctionCall) return node.args;
  if (node instanceof Unary) return [node.expr];
  return node instanceof Grouping ? [node.group] : [];
}

function functionsIn(node: Expr): readonly string[] {
  const own = node instanceof FunctionCall ? [node.functionName.lexeme.toLowerCase()] : [];
  return [...own, ...childrenOf(node).flatMap(functionsIn)];
}

function evaluated(expression: string, { contexts, standing, given }: Scope): data.ExpressionData {
  const known = given.get(expression.trim());
  if (known !== undefined) return new data.StringData(known);
  const all = { ...Object.fromEntries(names.map((name) => [name, {}])), ...contexts };
  const flags = { success: standing === 'success', failure: standing === 'failure', always: true, cancelled: false };
  const functions = new Map(
    Object.entries(flags).map(([name, value]) => [
      name,
      { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) },
    ]),
  );
  const evaluator = new Evaluator(parsed(expression), dataOf(all) as data.Dictionary, functions);
  return evaluator.evaluate();
}

function parsed(expression: string): Expr {
  const functions = statusFunctions.map((name) => ({ name, minArgs: 0, maxArgs: 0 }));
  try {
    return new Parser(new Lexer(expression).lex().tokens, names, functions).parse();
  } catch (error) {
    throw new Misuse(`The expression \${{ ${expression.trim()} }} cannot be evaluated: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function dataOf(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData;
}
