import { inert } from './text.ts';

/* Pieces of a job summary. All text that is handed in comes out inert: the only markup is that of these functions. */

export function heading(text: string): string {
  return `<h3>${inert(text)}</h3>\n`;
}

export function paragraph(...lines: readonly string[]): string {
  return `<p>${lines.map(inert).join('<br>')}</p>\n`;
}

/** A paragraph whose beginning stands out. */
export function strong(text: string, rest = ''): string {
  return `<p><strong>${inert(text)}</strong>${inert(rest)}</p>\n`;
}

export function tableHead(titles: readonly string[]): string {
  return `<table><tr>${titles.map((title) => `<th>${inert(title)}</th>`).join('')}</tr>`;
}

export function tableRow(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${inert(cell)}</td>`).join('')}</tr>`;
}

export const tableEnd = '</table>\n';

/** What follows up to `detailsEnd` is folded under a title. */
export function detailsHead(title: string): string {
  return `<details><summary>${inert(title)}</summary>\n`;
}

export const detailsEnd = '</details>\n';
