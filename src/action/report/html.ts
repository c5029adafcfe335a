import { moreInLog } from '#access/messages/plans';
import { whatToDo } from '../messages/report.ts';
import { inert } from '../text.ts';

/** Lines of evidence beyond this number are only in the log. */
const maxLines = 500;

/* Pieces of a job summary. Text that is passed in comes out inert: the only markup is that of these functions. */

/** Text that these functions have made inert, with their markup. */
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

/** A name that stands out, and the id beside it, in a form that is easy to copy. */
export function nameBesideId(before: string, name: string | null, id: string): Markup {
  const named = name === null ? '' : `<strong>${inert(name)}</strong> `;
  return { html: `${inert(before)}${named}<code>${inert(id)}</code>` };
}

/** Text of this action: between backticks in it is code. */
export function prose(text: string): Markup {
  return { html: inert(text).replaceAll(/&#96;(.+?)&#96;/gu, '<code>$1</code>') };
}

/** Advice on a fault. */
export function advised(hint: string): Markup {
  return { html: `<strong>${inert(whatToDo)}</strong> ${prose(hint).html}` };
}

/** A link to a page; the text alone where the address is none of the web. */
export function link(text: string, address: string): Markup {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return plain(text);
  return { html: `<a href="${inert(url.href)}">${inert(text)}</a>` };
}

/** Lines to copy: in the text where there is one, below it where there are several. */
export function copied(lines: readonly string[]): Markup {
  return { html: lines.length === 1 ? `<code>${inert(lines.join(''))}</code>` : verbatim(lines).trimEnd() };
}

export const listBegin = '<ul>\n';
export const listEnd = '</ul>\n';

/** An entry of a list; each further piece begins a line. */
export function listItem(...lines: readonly Piece[]): string {
  return `<li>${lines.map(htmlOf).join('<br>')}</li>\n`;
}

/** Lines as they are, to copy. */
export function verbatim(lines: readonly string[]): string {
  return `<pre>${lines.map(inert).join('\n')}</pre>\n`;
}

/** The first of these lines as they are, and how many more the log has. */
export function firstLines(lines: readonly string[]): string {
  const more = lines.length - maxLines;
  return verbatim([...lines.slice(0, maxLines), ...(more > 0 ? [moreInLog(more)] : [])]);
}

/** The same, folded under a title. */
export function foldedLines(title: string, lines: readonly string[]): string {
  return detailsHead(title) + firstLines(lines) + detailsEnd;
}

export function tableHead(titles: readonly string[]): string {
  return `<table><tr>${titles.map((title) => `<th>${inert(title)}</th>`).join('')}</tr>`;
}

export function tableRow(cells: readonly Piece[]): string {
  return `<tr>${cells.map((cell) => `<td>${htmlOf(cell)}</td>`).join('')}</tr>`;
}

/** A title that does not wrap, and its value. */
export function factRow(title: string, value: Markup): string {
  return `<tr><td>${inert(title).replaceAll(' ', '&nbsp;')}</td><td>${value.html}</td></tr>`;
}

/** A table without a head. */
export const tableBegin = '<table>';
export const tableEnd = '</table>\n';

/** Folds everything up to `detailsEnd` under a title. */
export function detailsHead(title: string): string {
  return `<details><summary>${inert(title)}</summary>\n`;
}

export const detailsEnd = '</details>\n';
