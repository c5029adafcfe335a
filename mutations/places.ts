/** Finds places in TypeScript source. One that is missing, or is there more than once, is an error. */
import ts from 'typescript';

/** A function, method, constructor, class, constant or property, and what it is called from the outside in. */
export interface Named {
  readonly node: ts.Node;
  readonly path: string;
}

/** @param path names from the outside in, such as `createRequests > read > isNeeded` */
export function findSymbol(file: ts.SourceFile, path: string): Named {
  const node = path.split(' > ').reduce<ts.Node>((within, name) => {
    // What a name stands for may hold the same name again.
    const found = outermost(within, (it) => nameOf(it) === name);
    return only(found, `symbol ${name} of ${path}`);
  }, file);
  return { node, path };
}

function nameOf(node: ts.Node): string | null {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyAssignment(node);
  if (!isNamed || node.name === undefined) return null;
  return ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : null;
}

/** The body of a function, a method or a constructor, or of the function that a constant or property is. */
export function bodyOf({ node, path }: Named): ts.ConciseBody {
  const it = hasInitializer(node) ? node.initializer : node;
  const body = it !== undefined && isWithBody(it) ? it.body : undefined;
  if (body === undefined) throw new Error(`${path} has no body`);
  return body;
}

function isWithBody(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node;
}

/** What a constant or a property is. */
export function valueOf({ node, path }: Named): ts.Expression {
  if (!hasInitializer(node) || node.initializer === undefined) throw new Error(`${path} has no value`);
  return node.initializer;
}

function hasInitializer(node: ts.Node): node is ts.VariableDeclaration | ts.PropertyAssignment {
  return ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
}

/** The condition of an `if` or a `? :` that mentions an identifier, or a string in its quotes. */
export function findCondition({ node, path }: Named, about: string): ts.Expression {
  const mentions = (it: ts.Node): boolean =>
    ((ts.isIdentifier(it) || ts.isStringLiteral(it)) && it.getText() === about) ||
    ts.forEachChild(it, (child) => mentions(child) || undefined) === true;
  const found = all(node).flatMap((it) => conditionOf(it) ?? []);
  return only(found.filter(mentions), `condition about ${about} in ${path}`);
}

function conditionOf(node: ts.Node): ts.Expression | null {
  if (ts.isIfStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : null;
}

/** @param index of the first argument: 0 */
export function findArgument({ node, path }: Named, callee: string, index: number): ts.Expression {
  const calls = all(node).filter((it) => isCallOf(it, callee));
  const argument = only(calls, `call of ${callee} in ${path}`).arguments[index];
  if (argument === undefined) throw new Error(`the call of ${callee} in ${path} has no argument ${index}`);
  return argument;
}

/** A statement that is one call, awaited or not. */
export function findCallStatement({ node, path }: Named, callee: string): ts.Statement {
  const statements = all(node).filter((it): it is ts.ExpressionStatement => {
    if (!ts.isExpressionStatement(it)) return false;
    const { expression } = it;
    return isCallOf(ts.isAwaitExpression(expression) ? expression.expression : expression, callee);
  });
  return only(statements, `statement that calls ${callee} in ${path}`);
}

function isCallOf(node: ts.Node, callee: string): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === callee;
}

function only<T>(found: readonly T[], what: string): T {
  const [first, ...others] = found;
  if (first === undefined) throw new Error(`no ${what}`);
  if (others.length > 0) throw new Error(`${found.length} times: ${what}`);
  return first;
}

/** A node's descendants. */
function all(node: ts.Node): readonly ts.Node[] {
  return childrenOf(node).flatMap((child) => [child, ...all(child)]);
}

/** Those of a node's descendants that fit, and have nothing around them that fits. */
function outermost(node: ts.Node, fits: (node: ts.Node) => boolean): readonly ts.Node[] {
  return childrenOf(node).flatMap((child) => (fits(child) ? [child] : outermost(child, fits)));
}

function childrenOf(node: ts.Node): readonly ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  return children;
}
