import { parseJson } from './json.ts';

/** A value that is a list in another notation than a line for each item. */
export interface ListShape {
  readonly problem: string;
  /** What it lists; `null` where nobody can tell. */
  readonly items: readonly string[] | null;
}

/**
 * An expression knows no escapes, so that `'\n'` is a backslash and an n; JSON does. Source: linebender/vello#837, GitHub
 * documentation, "Evaluate expressions in workflows and actions", fromJSON and join.
 */
const asLines = `write a line for each item. \${{ join(fromJSON(inputs.list), fromJSON('"\\n"')) }} makes lines of a text in JSON, and \${{ join(matrix.list, fromJSON('"\\n"')) }} of a list`;

/** What a value is that an expression gave, and that is no lines; `null` for any other. */
export function notLines(value: string): ListShape | null {
  const text = value.trim();
  if (text === 'Array' || text === 'Object')
    return {
      problem: `is "${text}", which is all that an expression prints of a list or an object: ${asLines}`,
      items: null,
    };
  return inJson(text) ?? withEscapes(text);
}

function inJson(text: string): ListShape | null {
  if (!/^(?:\[.*\]|\{.*\})$/su.test(text)) return null;
  const read = parseJson(text);
  if (Array.isArray(read)) {
    const items = read.every((it) => typeof it === 'string' || typeof it === 'number') ? read.map(String) : null;
    if (items?.length === 0) return { problem: 'is an empty list in JSON: the expression gave nothing', items: null };
    return { problem: `is a list in JSON, as toJSON prints it: ${asLines}`, items };
  }
  if (typeof read === 'object' && read !== null)
    return { problem: `is an object in JSON, as toJSON prints it: ${asLines}`, items: null };
  return /^\[\s*\n/u.test(text) ? { problem: `is a list in brackets: ${asLines}`, items: itemsOf(text) } : null;
}

/** Of what is nearly JSON: other quotes, a comma too many. */
function itemsOf(text: string): readonly string[] {
  return text
    .slice(1, -1)
    .split(/[\r\n]+/u)
    .map((it) =>
      it
        .trim()
        .replace(/,$/u, '')
        .replace(/^(?<quote>["'])(?<inside>.*)\k<quote>$/u, '$<inside>'),
    )
    .filter((it) => it !== '');
}

/** A literal `\n`. */
export const escapedBreak = /\\r\\n|\\n/u;

function withEscapes(text: string): ListShape | null {
  const found = escapedBreak.exec(text)?.[0];
  if (found === undefined) return null;
  const items = text.split(new RegExp(escapedBreak, 'gu')).flatMap((it) => it.split(/[\r\n]+/u));
  return {
    problem: `has ${found} between items, of which nothing makes a line break: ${asLines}`,
    items: items.map((it) => it.trim()).filter((it) => it !== ''),
  };
}

/** Whether the only thing that makes it a list is an escape, which a name may have as well. */
export function isEscaped(value: string): boolean {
  const text = value.trim();
  return inJson(text) === null && escapedBreak.test(text);
}
