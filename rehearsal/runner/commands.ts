/** A workflow command as the runner understood it. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly value: string;
}

/** The commands that a runner knows [runner:ActionCommandManager.cs]; others are ordinary text. */
const registered = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/** Reads one line as the runner's `ActionCommand.TryParseV2` and then `TryParse` do [runner:ActionCommand.cs]. */
export function parseCommand(line: string, resumeToken?: string): Command | null {
  const known = (name: string): boolean =>
    registered.has(name.toLowerCase()) || (resumeToken !== undefined && same(name, resumeToken));
  return parseV2(line, known) ?? parseV1(line, known);
}

export function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** `::name key=value,key=value::data`, after leading white space. */
function parseV2(line: string, known: (name: string) => boolean): Command | null {
  const text = line.trimStart();
  if (!text.startsWith('::')) return null;
  const end = text.indexOf('::', 2);
  if (end < 0) return null;
  return build(
    text.slice(2, end),
    ',',
    text.slice(end + 2),
    known,
    [
      ['%0D', '\r'],
      ['%0A', '\n'],
      ['%3A', ':'],
      ['%2C', ','],
      ['%25', '%'],
    ],
    [
      ['%0D', '\r'],
      ['%0A', '\n'],
      ['%25', '%'],
    ],
  );
}

/** `##[name key=value;key=value]data`, anywhere in the line. */
function parseV1(line: string, known: (name: string) => boolean): Command | null {
  const start = line.indexOf('##[');
  if (start < 0) return null;
  const end = line.indexOf(']', start);
  if (end < 0) return null;
  const escapes: Escapes = [
    ['%3B', ';'],
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%5D', ']'],
    ['%25', '%'],
  ];
  return build(line.slice(start + 3, end), ';', line.slice(end + 1), known, escapes, escapes);
}

type Escapes = readonly (readonly [string, string])[];

function build(
  info: string,
  separator: string,
  data: string,
  known: (name: string) => boolean,
  propertyEscapes: Escapes,
  dataEscapes: Escapes,
): Command | null {
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!known(name)) return null;
  const properties: Record<string, string> = {};
  for (const part of space < 0
    ? []
    : info
        .slice(space + 1)
        .trim()
        .split(separator)) {
    const equals = part.indexOf('=');
    if (equals > 0 && equals < part.length - 1)
      properties[part.slice(0, equals)] = unescape(part.slice(equals + 1), propertyEscapes);
  }
  return { name: name.toLowerCase(), properties, value: unescape(data, dataEscapes) };
}

function unescape(text: string, escapes: Escapes): string {
  return escapes.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}
