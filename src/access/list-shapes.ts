import { parseJson } from './json.ts';
import {
  emptyInJson,
  escapedBreaks,
  leaveToJsonOut,
  notations,
  notLines as notLinesBut,
  onePerLine,
  printedList,
  printedNull,
} from './messages/list-shapes.ts';

/** A value that is a list in another notation than a line for each item. */
interface ListShape {
  readonly problem: string;
  /** The items, `null` where they are unknown. */
  readonly items: readonly string[] | null;
  /** True if only an escape makes it a list, which a name may have as well. */
  readonly isDoubtful: boolean;
}

const shape = (problem: string, items: readonly string[] | null = null, isDoubtful = false): ListShape => ({
  problem,
  items,
  isDoubtful,
});

/**
 * An expression knows no escapes, so that `'\n'` is a backslash and an n; JSON does. Source: linebender/vello#837, GitHub
 * documentation, "Evaluate expressions in workflows and actions", fromJSON and join.
 *
 * @param before what stands before each item, such as `group:`
 */
function asLines(before = '', after = ''): string {
  const separator = `fromJSON('${JSON.stringify(`${after}\n${before}`).replaceAll("'", "''")}')`;
  const joined = (list: string): string => `${before}\${{ join(${list}, ${separator}) }}${after}`;
  return onePerLine(joined('fromJSON(inputs.list)'), joined('matrix.list'));
}

/** The shape of a value that is not lines; `null` for any other. */
export function notLines(value: string): ListShape | null {
  const text = value.trim();
  if (text === 'Array' || text === 'Object') return shape(printedList(text, asLines()));
  if (text === 'null') return shape(printedNull);
  return inJson(text) ?? withEscapes(text);
}

/** A value in JSON, or nearly so, and what stands around it in its lines. */
interface Block {
  readonly whole: string;
  readonly before: string;
  readonly json: string;
  readonly after: string;
}

/** Lists and objects over several lines or in one, empty ones, and texts with a `\n`: among other lines, behind a prefix. */
const blocks =
  /^(?<before>[^\r\n[{"]*)(?<json>\[\s*[\r\n].*?^[ \t]*\]|\{\s*[\r\n].*?^[ \t]*\}|\[[ \t]*"[^\r\n]*\]|\{[ \t]*"[^\r\n]*\}|\[\s*\]|\{\s*\}|"[^"\r\n]*\\n[^"\r\n]*")(?<after>[^\r\n]*)$/gmsu;

function blocksIn(text: string): readonly Block[] {
  if (/^[[{]/u.test(text) && parseJson(text) !== undefined) return [{ whole: text, before: '', json: text, after: '' }];
  return [...text.matchAll(blocks)].map(({ 0: whole, groups: { before = '', json = '', after = '' } = {} }) => ({
    whole,
    before: before.trimStart(),
    json,
    after: after.trimEnd(),
  }));
}

function inJson(text: string): ListShape | null {
  const found = blocksIn(text)
    .map((block) => ({ ...block, ...listIn(block.json) }))
    .filter(({ what }) => what !== null);
  const [first] = found;
  if (first === undefined) return null;
  const isWhole = first.whole === text && first.before === '';
  if (first.items?.length === 0) return shape(emptyInJson(isWhole, first.isText ? 'text' : 'list'));
  const advice = first.isText ? leaveToJsonOut : asLines(first.before, first.after);
  const problem = notLinesBut(isWhole, first.what ?? '', advice);
  if (found.some(({ items }) => items === null)) return shape(problem);
  const lines = found.reduce(
    (rest, { whole, before, items, after }) =>
      rest.replace(whole, () => (items ?? []).map((it) => around(before, it, after)).join('\n')),
    text,
  );
  return shape(
    problem,
    linesOf(lines),
    found.every(({ isText }) => isText),
  );
}

function around(before: string, item: string, after: string): string {
  return (before !== '' && item.startsWith(before) ? item : before + item) + after;
}

interface InJson {
  readonly what: string | null;
  readonly items: readonly string[] | null;
  readonly isText: boolean;
}

function listIn(json: string): InJson {
  const read = parseJson(json) ?? parseJson(json.replace(/,\s*\]$/u, ']'));
  const as = (what: string | null, items: readonly string[] | null = null, isText = false): InJson => ({
    what,
    items,
    isText,
  });
  if (typeof read === 'string') return as(notations.text, linesOf(read), true);
  if (Array.isArray(read)) {
    const items = read.every((it) => typeof it === 'string' || typeof it === 'number') ? read.map(String) : null;
    return as(notations.list, items);
  }
  if (typeof read === 'object' && read !== null) return as(notations.object);
  // Nearly JSON: other quotes.
  return /^\[\s*[\r\n]/u.test(json) ? as(notations.brackets, itemsOf(json)) : as(null);
}

function itemsOf(text: string): readonly string[] {
  return linesOf(text.slice(1, -1)).map((it) =>
    it.replace(/,$/u, '').replace(/^(?<quote>["'])(?<inside>.*)\k<quote>$/u, '$<inside>'),
  );
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/u)
    .map((it) => it.trim())
    .filter((it) => it !== '');
}

/** A literal `\n`. */
export const escapedBreak = /\\r\\n|\\n/u;

function withEscapes(text: string): ListShape | null {
  const found = escapedBreak.exec(text)?.[0];
  if (found === undefined) return null;
  const items = linesOf(text.replaceAll(new RegExp(escapedBreak, 'gu'), '\n'));
  return shape(escapedBreaks(found, asLines()), items, true);
}

/** The lines of a value, trimmed, empty ones left out. */
export function splitLines(value: string): readonly string[] {
  return value
    .split(/\r\n|\r|\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
