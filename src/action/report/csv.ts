/** The value of a cell. */
type Cell = string | boolean | readonly object[];

/** A line of a table. Source: RFC 4180. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: Cell): string {
  const text = typeof value === 'object' ? value.map(itemText).join('; ') : String(value);
  return `"${asText(text).replaceAll('"', '""')}"`;
}

function itemText(item: object): string {
  return Object.values(item).map(String).join(' ');
}

/** A spreadsheet calculates what begins like a formula, unless an apostrophe is before it. Source: OWASP, CSV Injection. */
function asText(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text;
}
