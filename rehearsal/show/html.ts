import { readFileSync } from 'node:fs';

import type { Section } from './sections.ts';

const css = readFileSync(new URL('github.css', import.meta.url), 'utf8');

/** A self-contained page: the policy forbids scripts and requests, with any content. */
export function htmlPage(title: string, body: string): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>\n${css}</style></head>`,
    `<body>\n${body}\n</body></html>\n`,
  ].join('\n');
}

/** The markup of a summary is the action's own, which escapes all quoted text. */
export function sectionHtml({ name, text, html }: Section): string {
  const body =
    html === undefined || html.trim() === ''
      ? `<pre>${escaped(text.trimEnd() === '' ? '(nothing)' : text.trimEnd())}</pre>`
      : summaryHtml(html);
  return `<h4>${escaped(name)}</h4>\n${body}`;
}

export function summaryHtml(summary: string): string {
  return `<div class="summary">\n${summary}</div>`;
}

/** @param isRight `null` where nothing is expected */
export function verdictHtml(text: string, isRight: boolean | null): string {
  return `<p${isRight === null ? '' : ` class="${isRight ? 'good' : 'bad'}"`}>${escaped(text)}</p>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
