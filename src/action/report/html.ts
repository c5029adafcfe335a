import { inert } from '../text.ts';

/* Pieces of a job summary. All text that is handed in comes out inert: the only markup is that of these functions. */

/** What these functions have made of text. */
export interface Markup {
  readonly html: string;
}

type Piece = string | Markup;

function htmlOf(piece: Piece): string {
  return typeof piece === 'string' ? inert(piece) : piece.html;
}

export function heading(text: string): string {
  return `<h3>${inert(text)}</h3>\n`;
}

export function paragraph(...lines: readonly Piece[]): string {
  return `<p>${lines.map(htmlOf).join('<br>')}</p>\n`;
}

export function plain(text: string): Markup {
  return { html: inert(text) };
}

/** A line whose beginning stands out. */
export function strong(text: string, rest: Piece = ''): Markup {
  return { html: `<strong>${inert(text)}</strong>${htmlOf(rest)}` };
}

export function labelled(label: string, value: Markup): Markup {
  return { html: inert(label) + value.html };
}

/** A name that stands out, and the id beside it, in a form that is easy to copy. */
export function nameBesideId(before: string, name: string | null, id: string): Markup {
  const named = name === null ? '' : `<strong>${inert(name)}</strong> `;
  return { html: `${inert(before)}${named}<code>${inert(id)}</code>` };
}

/** Our own words: what stands between backticks in them is code. */
export function prose(text: string): Markup {
  return { html: inert(text).replaceAll(/&#96;(.+?)&#96;/gu, '<code>$1</code>') };
}

/** In a cell, what can be copied. */
export function copied(lines: readonly string[]): Markup {
  return { html: lines.length === 1 ? `<code>${inert(lines.join(''))}</code>` : verbatim(lines).trimEnd() };
}

/** Lines as they are, to be copied. */
export function verbatim(lines: readonly string[]): string {
  return `<pre>${lines.map(inert).join('\n')}</pre>\n`;
}

export function tableHead(titles: readonly string[]): string {
  return `<table><tr>${titles.map((title) => `<th>${inert(title)}</th>`).join('')}</tr>`;
}

export function tableRow(cells: readonly Piece[]): string {
  return `<tr>${cells.map((cell) => `<td>${htmlOf(cell)}</td>`).join('')}</tr>`;
}

/** What something is, on one line; and what it is here. */
export function factRow(title: string, value: Markup): string {
  return `<tr><td>${inert(title).replaceAll(' ', '&nbsp;')}</td><td>${value.html}</td></tr>`;
}

/** A table without a head. */
export const tableBegin = '<table>';
export const tableEnd = '</table>\n';

/** What follows up to `detailsEnd` is folded under a title. */
export function detailsHead(title: string): string {
  return `<details><summary>${inert(title)}</summary>\n`;
}

export const detailsEnd = '</details>\n';
