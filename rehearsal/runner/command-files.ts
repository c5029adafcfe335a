/** The entries of a command file, and problems that would fail the runner. */
export interface Entries {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/**
 * Reads `name=value` and `name<<DELIMITER` … `DELIMITER` as the runner does [runner:FileCommandManager.cs]. An entry
 * without its final newline is reported too: the next writer's entry would be glued to it.
 */
export function parseEntries(file: string, text: string): Entries {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push(`${file}: the last line has no newline`);
  if (text !== '' && !text.endsWith('\n')) lines.push(text.slice(text.lastIndexOf('\n') + 1));
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) problems.push(`${file}: an entry has no name: ${line}`);
      values[line.slice(0, equals)] = line.slice(equals + 1);
    } else if (heredoc > 0 && line.length > heredoc + 2) {
      const end = lines.indexOf(line.slice(heredoc + 2), at + 1);
      if (end < 0) {
        problems.push(`${file}: matching delimiter not found: ${line}`);
        break;
      }
      values[line.slice(0, heredoc)] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else {
      problems.push(`${file}: invalid format: ${line}`);
      break;
    }
  }
  return { values, problems };
}
