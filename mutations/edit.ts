/** Edits of TypeScript source by the names in it: an edit outlives every change that leaves these names alone. */
import ts from 'typescript';
import { bodyOf, findArgument, findCallStatement, findCondition, findSymbol, valueOf, type Named } from './places.ts';

/** What is done within `symbol`, at the only place of its kind there. */
export type Edit = {
  /** Names from the outside in, such as `createRequests > read > isNeeded`: functions, methods, constants, properties. */
  readonly symbol: string;
} &
  /** Of a function; one that is an expression returns that afterwards. */
  (
    | { readonly do: 'begin-with'; readonly statements: string }
    /** Of a constant or a property. */
    | { readonly do: 'set-value'; readonly to: string }
    /** Of the `if` or the `? :` whose condition mentions an identifier, or a string in its quotes: `'done'`. */
    | { readonly do: 'set-condition'; readonly about: string; readonly to: string }
    | { readonly do: 'set-argument'; readonly of: string; readonly index: number; readonly to: string }
    /** Moves a statement that is one call to the end of its block. */
    | { readonly do: 'postpone-call'; readonly of: string }
  );

/** An edit of a file: its path from the root of the project. */
export type FileEdit = Edit & { readonly file: string };

/** Returns the edited source; throws where the place is missing, or is there more than once. */
export function applyEdit(source: string, edit: Edit): string {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const edited = splicesOf(findSymbol(file, edit.symbol), edit).reduceRight(
    (text, { start, end, by }) => text.slice(0, start) + by + text.slice(end),
    source,
  );
  if (edited === source) throw new Error(`the edit of ${edit.symbol} changes nothing`);
  return edited;
}

/** A part of the source, and what stands there afterwards. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** In the order of the source. */
function splicesOf(symbol: Named, edit: Edit): readonly Splice[] {
  switch (edit.do) {
    case 'begin-with':
      return beginning(bodyOf(symbol), edit.statements);
    case 'set-value':
      return [replacement(valueOf(symbol), edit.to)];
    case 'set-condition':
      return [replacement(findCondition(symbol, edit.about), edit.to)];
    case 'set-argument':
      return [replacement(findArgument(symbol, edit.of, edit.index), edit.to)];
    case 'postpone-call': {
      const statement = findCallStatement(symbol, edit.of);
      return [replacement(statement, ''), insertion(endOfBlock(statement, symbol), statement.getText())];
    }
  }
}

function beginning(body: ts.ConciseBody, statements: string): readonly Splice[] {
  if (ts.isBlock(body)) return [insertion(body.getStart() + 1, statements)];
  return [insertion(body.getStart(), `{ ${statements} return (`), insertion(body.getEnd(), '); }')];
}

function replacement(node: ts.Node, by: string): Splice {
  return { start: node.getStart(), end: node.getEnd(), by };
}

function insertion(at: number, by: string): Splice {
  return { start: at, end: at, by: ` ${by} ` };
}

/** Where something may be put behind all other statements of a block. */
function endOfBlock(statement: ts.Statement, { path }: Named): number {
  const { parent } = statement;
  if (!ts.isBlock(parent)) throw new Error(`a statement in ${path} stands in no block`);
  if (parent.statements.at(-1) === statement) throw new Error(`a statement in ${path} is the last of its block`);
  return parent.getEnd() - 1;
}
