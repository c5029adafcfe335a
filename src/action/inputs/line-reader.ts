import { wrong, type AnyCloud, type Parsed } from '../../access/declaration.ts';
import type { Fault } from '../../access/errors.ts';
import { oddCharactersIn } from '../../access/odd-characters.ts';
import type { Line } from '../../access/request.ts';
import { withMore } from '../../access/words.ts';

export type LineParser = (line: string) => Parsed<Line>;

/** How the lines of an input are read. */
export interface LineReader {
  readonly input: string;
  /** What stood before each line, and was taken off. */
  readonly mark?: string;
  readonly parser: LineParser;
  readonly example: string;
  readonly cloud: Pick<AnyCloud<unknown>, 'isById'>;
}

/** Reads lines; what is wrong with each goes to `faults`. */
export function parseLines(reader: LineReader, lines: readonly string[], faults: Fault[]): readonly Line[] {
  return lines.flatMap((line) => {
    const parsed = misshapen(line, reader) ?? reader.parser(line);
    if (parsed.ok) return [parsed.value];
    const problem = withMore(parsed.problem, oddCharactersIn(line).trimStart());
    faults.push({ input: reader.input, problem, example: parsed.example ?? reader.example });
    return [];
  });
}

/** What stands before a line that excludes. */
export const exclusion = '!';

/** A parser of lines among which there are no exclusions. */
export function notExcluded(parser: LineParser): LineParser {
  return (line) =>
    line.startsWith(exclusion) ? wrong(`has "${line}", and only target takes lines that exclude`) : parser(line);
}

/** What in a line is YAML's, or another notation's, and no part of a value: `null` for any other line, right or wrong. */
function misshapen(line: string, reader: LineReader): (Parsed<never> & { readonly ok: false }) | null {
  const { mark = '' } = reader;
  const shown = `has ${mark}${line}`;
  const quoted = insideQuotes(line);
  // They are not taken away in silence: a name that has them would be another one.
  if (quoted !== null)
    return wrong(
      `${shown} with its quotes: in a | block they are part of the value, so leave them out`,
      fixed([quoted], reader),
    );
  const item = /^[-•]\s+(?<rest>.+)$/su.exec(line)?.groups?.['rest'];
  if (item !== undefined && reader.parser(item).ok)
    return wrong(`has "${mark}${line}": write no dash, each line is a value of its own`, fixed([item], reader));
  const values = listIn(line, reader) ?? severalIn(line, reader);
  if (values !== null)
    return wrong(`has "${mark}${line}", which is several values: write one a line`, inBlock(values, reader));
  const beforeComment = /^(?<before>.*?)(?:^|\s+)#/su.exec(line)?.groups?.['before'];
  if (beforeComment === undefined || reader.parser(line).ok) return null;
  return wrong(
    `has "${mark}${line}": in a | block a # begins no comment, so leave it out`,
    fixed([beforeComment], reader),
  );
}

/** The values in a block, if they can be read at all. */
function fixed(values: readonly string[], reader: LineReader): string {
  return values.every((value) => reader.parser(value).ok) ? inBlock(values, reader) : reader.example;
}

/** What stands between quotes, straight or typographic, `null` where a line has none around it. */
function insideQuotes(line: string): string | null {
  const [, , straight, curly] = /^(?:(["'])(.*)\1|[“„‘](.*)[”“’])$/su.exec(line) ?? [];
  return (straight ?? curly)?.trim() ?? null;
}

/** A text that ends with a line break is shown as lines, and be it one. Exclusions stand beside what they exclude from. */
function inBlock(values: readonly string[], { mark, example }: LineReader): string {
  const lines = mark === undefined ? values : [...example.split('\n').slice(0, 1), ...values.map((it) => mark + it)];
  return `${lines.join('\n')}\n`;
}

/** A list in JSON, as `toJSON` and many tools print it, or in YAML's short form. */
function listIn(line: string, { parser }: LineReader): readonly string[] | null {
  const inside = /^\[(?<inside>.*)\]$/su.exec(line)?.groups?.['inside'];
  if (inside === undefined || parser(line).ok) return null;
  const values = inside.split(',').map((text) => insideQuotes(text.trim()) ?? text.trim());
  return values.every((value) => parser(value).ok) ? values : null;
}

/** A name may have a comma in it: what is behind one is another value where it says so itself, or where no name fits. */
function severalIn(line: string, { parser, cloud, mark }: LineReader): readonly string[] | null {
  if (!/[,;\s]/u.test(line)) return null;
  const values = line
    .split(/[,;]/u.test(line) ? /[,;]/u : /\s/u)
    .map((text) => text.trim())
    .map((text) => (mark !== undefined && text.startsWith(mark) ? text.slice(mark.length).trim() : text))
    .filter((text) => text !== '');
  const parsed = values.map(parser);
  if (values.length === 0 || parsed.some(({ ok }) => !ok)) return null;
  // Names have spaces in them.
  if (!/[,;]/u.test(line))
    return parser(line).ok || !parsed.every((it) => it.ok && cloud.isById(it.value)) ? null : values;
  const speaks = parsed.every(
    (own, index) => /^[a-z-]+:/u.test(values[index] ?? '') || (own.ok && cloud.isById(own.value)),
  );
  return speaks || !parser(line).ok ? values : null;
}
