import { wrong, type AnyCloud, type Parsed } from '../../access/declaration.ts';
import type { Fault } from '../../access/errors.ts';
import type { Line } from '../../access/request.ts';

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
    faults.push({ input: reader.input, problem: parsed.problem, example: parsed.example ?? reader.example });
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

/** A line that is written as none is: in quotes, or with several values in it. `null` for any other, right or wrong. */
function misshapen(line: string, reader: LineReader): (Parsed<never> & { readonly ok: false }) | null {
  const { mark = '' } = reader;
  const inside = /^(?<quote>["'])(?<inside>.*)\k<quote>$/su.exec(line)?.groups?.['inside']?.trim();
  if (inside !== undefined) {
    const example = reader.parser(inside).ok ? inBlock([inside], reader) : reader.example;
    // They are not taken away in silence: a name that has them would be another one.
    return wrong(
      `has ${mark}${line}, whose quotes belong to the value: YAML takes them away around a whole value only. Inside a | block write no quotes`,
      example,
    );
  }
  const values = severalIn(line, reader);
  if (values === null) return null;
  return wrong(`has "${mark}${line}", which is several values: write one a line`, inBlock(values, reader));
}

/** A text that ends with a line break is shown as lines, and be it one. Exclusions stand beside what they exclude from. */
function inBlock(values: readonly string[], { mark, example }: LineReader): string {
  const lines = mark === undefined ? values : [...example.split('\n').slice(0, 1), ...values.map((it) => mark + it)];
  return `${lines.join('\n')}\n`;
}

/** A name may have a comma in it: what is behind one is another value where it says so itself, or where no name fits. */
function severalIn(line: string, { parser, cloud, mark }: LineReader): readonly string[] | null {
  if (!/[,;]/u.test(line)) return null;
  const values = line
    .split(/[,;]/u)
    .map((text) => text.trim())
    .map((text) => (mark !== undefined && text.startsWith(mark) ? text.slice(mark.length).trim() : text))
    .filter((text) => text !== '');
  const parsed = values.map(parser);
  if (values.length === 0 || parsed.some(({ ok }) => !ok)) return null;
  const speaks = parsed.every(
    (own, index) => /^[a-z-]+:/u.test(values[index] ?? '') || (own.ok && cloud.isById(own.value)),
  );
  return speaks || !parser(line).ok ? values : null;
}
