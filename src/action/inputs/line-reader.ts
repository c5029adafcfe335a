import { wrong, type AnyCloud, type Parsed } from '#access/declaration';
import type { Fault } from '#access/errors';
import { notLines } from '#access/list-shapes';
import { oddCharactersIn } from '#access/odd-characters';
import type { Line, Part } from '#access/request';
import { listed, withMore } from '#access/words';
import * as messages from '../messages/lines.ts';

export type LineParser = (line: string) => Parsed<Line>;

/** Options for reading the lines of an input. */
export interface LineReader {
  readonly input: string;
  readonly part: Part;
  /** The mark before each line, which was removed. */
  readonly mark?: string;
  readonly parser: LineParser;
  readonly example: string;
  readonly cloud: Pick<AnyCloud<unknown>, 'isById' | 'prefixes'>;
}

/** Reads lines; what is wrong with each goes to `faults`. What is not YAML's or a list's way is reported once for all lines. */
export function parseLines(reader: LineReader, lines: readonly string[], faults: Fault[]): readonly Line[] {
  const misshapen = new Map<Misshapen['problem'], Misshapen[]>();
  const read = lines.flatMap((line) => {
    const shape = misshapenAs(line, reader);
    if (shape !== null) {
      misshapen.set(shape.problem, [...(misshapen.get(shape.problem) ?? []), shape]);
      return [];
    }
    const parsed = reader.parser(line);
    if (parsed.ok) return [parsed.value];
    const problem = withMore(parsed.problem, oddCharactersIn(line).trimStart());
    faults.push({ input: reader.input, problem, example: parsed.example ?? reader.example });
    return [];
  });
  for (const shapes of misshapen.values()) faults.push(faultOf(shapes, reader));
  return read;
}

/** The same parser that refuses lines that are not YAML's or a list's way, too. */
export function unmisshapen(reader: LineReader): LineParser {
  return (line) => {
    const shape = misshapenAs(line, reader);
    return shape === null ? reader.parser(line) : wrong(shape.problem(shape.shown));
  };
}

/** Adds one fault for a value that is not lines, such as a list in JSON. Returns whether it is one. */
export function isNoLines(value: string, reader: LineReader, faults: Fault[]): boolean {
  const shape = notLines(value);
  if (shape === null) return false;
  const items = shape.items ?? [];
  const areValues = items.length > 0 && items.every((item) => reader.parser(item).ok);
  // A name may have a backslash and an n in it.
  if (shape.isDoubtful && !areValues) return false;
  const example = areValues ? `${items.join('\n')}\n` : reader.example;
  faults.push({ input: reader.input, problem: shape.problem, example });
  return true;
}

/** The mark of an exclusion. */
export const exclusion = '!';

/** A parser of lines among which there are no exclusions. */
export function notExcluded(parser: LineParser): LineParser {
  return (line) => (line.startsWith(exclusion) ? wrong(messages.noExclusionHere(line)) : parser(line));
}

/** A line with something in it that is YAML's, or another notation's, and no part of a value. */
interface Misshapen {
  /** The fault, from the lines that are shown. */
  readonly problem: (shown: string) => string;
  readonly shown: string;
  /** The intended values. */
  readonly values: readonly string[];
}

/** `null` for any other line, right or wrong. */
function misshapenAs(line: string, reader: LineReader): Misshapen | null {
  const as = (problem: Misshapen['problem'], values: readonly string[]): Misshapen => ({
    problem,
    shown: `"${reader.mark ?? ''}${line}"`,
    values,
  });
  const quoted = allQuoted(line);
  // They are not taken away in silence: a name that has them would be another one.
  if (quoted?.length === 1) return { ...as(messages.inQuotes, quoted), shown: `${reader.mark ?? ''}${line}` };
  if (quoted !== null) return as(messages.severalValues, quoted);
  const item = /^[-•]\s+(?<rest>.+)$/su.exec(line)?.groups?.['rest'];
  if (item !== undefined) {
    const values = [insideQuotes(item) ?? item];
    if (values.every((value) => reader.parser(value).ok)) return as(messages.withDash, values);
  }
  const values = listIn(line, reader) ?? severalIn(line, reader);
  if (values !== null) return as(values.length === 1 ? messages.withComma : messages.severalValues, values);
  const unfolded = foldedIn(line, reader);
  if (unfolded !== null) return as(messages.folded, unfolded);
  const beforeComment = /^(?<before>.*?)(?:^|\s+)#/su.exec(line)?.groups?.['before'];
  return beforeComment === undefined || reader.parser(line).ok ? null : as(messages.withComment, [beforeComment]);
}

const mostShown = 3;

function faultOf(shapes: readonly Misshapen[], reader: LineReader): Fault {
  const [{ problem } = { problem: messages.severalValues }] = shapes;
  const shown = listed(
    shapes.map((it) => it.shown),
    mostShown,
  );
  const values = shapes.flatMap((it) => it.values);
  return { input: reader.input, problem: problem(shown), example: fixed(values, reader) };
}

/** The values in a block, if they can be read at all. */
function fixed(values: readonly string[], reader: LineReader): string {
  return values.every((value) => reader.parser(value).ok) ? inBlock(values, reader) : reader.example;
}

/** The text between quotes, straight or typographic, `null` where a line is not in quotes. */
function insideQuotes(line: string): string | null {
  const [, , straight, curly] = /^(?:(["'])(.*)\1|[“„‘](.*)[”“’])$/su.exec(line) ?? [];
  return (straight ?? curly)?.trim() ?? null;
}

/** The texts in quotes, one or several with commas between and behind them; `null` where a part is not in quotes. */
function allQuoted(line: string): readonly string[] | null {
  const items = line.replace(/\s*[,;]$/u, '').split(/(?<=["'])\s*[,;]\s*(?=["'])/u);
  const inside = items.map(insideQuotes).filter((it) => it !== null);
  return inside.length === items.length ? inside : null;
}

/** A text that ends with a line break is shown as lines, and be it one. Exclusions stand beside what they exclude from. */
function inBlock(values: readonly string[], { mark, example }: LineReader): string {
  const lines = mark === undefined ? values : [...example.split('\n').slice(0, 1), ...values.map((it) => mark + it)];
  return `${lines.join('\n')}\n`;
}

/** A list in YAML's short form. */
function listIn(line: string, { parser }: LineReader): readonly string[] | null {
  const inside = /^\[(?<inside>.*)\]$/su.exec(line)?.groups?.['inside'];
  if (inside === undefined || parser(line).ok) return null;
  const values = inside.split(',').map((text) => insideQuotes(text.trim()) ?? text.trim());
  return values.every((value) => parser(value).ok) ? values : null;
}

/** A name may have a comma in it: what is behind one is another value where it says so itself, or where no name fits. */
function severalIn(line: string, { parser, cloud, mark }: LineReader): readonly string[] | null {
  if (!/[,;]/u.test(line)) return null;
  const values = unmarked(line.split(/[,;]/u), mark).map((text) => insideQuotes(text) ?? text);
  const parsed = values.map(parser);
  if (values.length === 0 || parsed.some(({ ok }) => !ok)) return null;
  const speaks = parsed.every(
    (own, index) => /^[a-z-]+:/u.test(values[index] ?? '') || (own.ok && cloud.isById(own.value)),
  );
  return speaks || !parser(line).ok ? values : null;
}

/** Names have spaces in them, but seldom a prefix behind one, unless they begin so: a folded block (`>`) does, and ids. */
function foldedIn(line: string, { part, parser, cloud, mark }: LineReader): readonly string[] | null {
  const prefixes = new Set(Object.values(cloud.prefixes[part]));
  const begins = new RegExp(String.raw`(?<!^!?[a-z-]+:\s*)\s+(?=!?\s*(?:${[...prefixes].join('|')}):)`, 'u');
  const named = unmarked(line.split(begins), mark);
  if (prefixes.size > 0 && named.length > 1) return named;
  const ids = unmarked(line.split(/\s+/u), mark);
  if (ids.length < 2 || parser(line).ok) return null;
  return ids.map(parser).every((it) => it.ok && cloud.isById(it.value)) ? ids : null;
}

function unmarked(texts: readonly string[], mark: string | undefined): readonly string[] {
  return texts
    .map((text) => text.trim())
    .map((text) => (mark !== undefined && text.startsWith(mark) ? text.slice(mark.length).trim() : text))
    .filter((text) => text !== '');
}
