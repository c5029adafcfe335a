import type { StepResult } from '../../rehearsal/runner/step.ts';
import { action } from '../docs/repository.ts';

export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;

/** Outputs in action.yml. */
export function declaredOutputs(): readonly string[] {
  return Object.keys(action.outputs).sort();
}

/** Content of the output `results`. */
export function resultsOf({ outputs }: StepResult): readonly Record<string, unknown>[] {
  return JSON.parse(outputs['results'] ?? '') as Record<string, unknown>[];
}

/** Content of the file that the output `results-file` names. */
export function fileOf(result: StepResult): Record<string, unknown> {
  return JSON.parse(result.file(result.outputs['results-file'] ?? '') ?? 'null') as Record<string, unknown>;
}

/** Cells of the tables of results, row by row with their heads, as a person sees them. */
export function cells(summary: string): readonly (readonly string[])[] {
  return rowsOf(summary.replaceAll(/<table><tr><td>.*?<\/table>/gsu, ''));
}

function rowsOf(summary: string): readonly (readonly string[])[] {
  return [...summary.matchAll(/<tr>(.*?)<\/tr>/gsu)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd]>(.*?)<\/t[hd]>/gsu)].map(([, cell = '']) => seen(cell.replaceAll(/<[^>]*>/gu, ''))),
  );
}

/** Beginning of the summary of one grant. */
export function headline(summary: string): string {
  return seen(/<h3>(?<text>.*?)<\/h3>/u.exec(summary)?.groups?.['text'] ?? '');
}

/** Facts in the summary by their titles, as a person sees them: common values of all grants, and the run. */
export function facts(summary: string): Readonly<Record<string, string>> {
  const tables = summary.match(/<table><tr><td>.*?<\/table>/gsu) ?? [];
  return Object.fromEntries(rowsOf(tables.join('')).map(([title = '', value = '']) => [title, value]));
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

/** A text of the summary as a person sees it: entities decoded. */
export function seen(text: string): string {
  return text
    .replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&(amp|lt|gt|quot|nbsp);/gu, (_, name: string) => named[name] ?? '');
}

/** Position of each text in a log; -1 for a missing one. */
export function places(log: string, texts: readonly string[]): readonly number[] {
  return texts.map((text) => log.indexOf(text));
}
