import { withoutEntities } from '../entities.ts';

/** A table of HTML, or of Markdown. */
const tables = /(?<table><table>[^]*?<\/table>|(?:^[ \t]*\|.*\|[ \t]*(?:\n|$))+)/gm;

/**
 * A job summary (Markdown with HTML) as plain text. No part is read twice: the character of an entity is never markup.
 */
export function summaryText(markdown: string): string {
  return markdown
    .split(tables)
    .map((part, index) => (index % 2 === 0 ? plain(part) : `\n${table(rowsOf(part))}\n`))
    .join('')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function rowsOf(part: string): readonly (readonly string[])[] {
  return part.startsWith('<table>') ? htmlRows(part) : markdownRows(part);
}

function htmlRows(body: string): readonly (readonly string[])[] {
  return [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => plain(cell).trim()),
  );
}

/** The rule below the head goes. */
function markdownRows(block: string): readonly (readonly string[])[] {
  return block
    .trim()
    .split('\n')
    .filter((line) => !/^[\s|:-]+$/.test(line))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => plain(cell.replaceAll('\\|', '|')).trim()),
    );
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function plain(text: string): string {
  return withoutEntities(
    text
      .replace(/<br\s*\/?>/g, '\n')
      .replace(/<li>/g, '- ')
      .replace(/(?<!\\)<\/?[a-z][^<>]*>/gi, '')
      .replace(/^(#+) +/gm, '')
      .replace(/\*\*(.+?)\*\*/g, '$1')
      .replace(/\\([\\`*_{}[\]()#+.!<>~-])/g, '$1'),
  );
}
