import { withoutEntities } from '../entities.ts';

/** A job summary (Markdown with HTML) as plain text. */
export function summaryText(markdown: string): string {
  const withTables = markdown
    .replace(/<table>(.*?)<\/table>/gs, (_, body: string) => `\n${table(htmlRows(body))}\n`)
    .replace(/(?:^[ \t]*\|.*\|[ \t]*(?:\n|$))+/gm, (block) => `${table(markdownRows(block))}\n`);
  return plain(withTables)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
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
        .map((cell) => cell.replaceAll('\\|', '|').trim()),
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
      .replace(/<\/?[a-z][^<>]*>/gi, '')
      .replace(/^(#+) +/gm, '')
      .replace(/\*\*(.+?)\*\*/g, '$1')
      .replace(/\\([\\`*_{}[\]()#+.!<>~-])/g, '$1'),
  );
}
