import type { Played } from './play.ts';
import type { Scene } from './scene.ts';
import { playedSections, stepSections, type Section, type StepParts } from './sections.ts';
import type { Style } from './style.ts';

const WIDTH = 100;

/** The title of a scene and its note. */
export function head(number: number, { title, note }: Pick<Scene, 'title' | 'note'>, style: Style): string {
  const line = `${number}. ${title} `;
  return [
    style.bold(line + '─'.repeat(Math.max(0, WIDTH - line.length))),
    ...(note === undefined ? [] : [note]),
    '',
  ].join('\n');
}

/** A part of a scene in full, as text. */
export function page(played: Played, style: Style): string {
  const { caption, faults } = played;
  return [
    ...(caption === null ? [] : [style.bold(`── ${caption}`), '']),
    ...playedSections(played).map((it) => section(it, style)),
    faults.length === 0 ? style.good('✔ as expected') : style.bad(`✘ not as expected: ${faults.join('; ')}`),
    '',
  ].join('\n');
}

/** The same of a step of which nothing is expected. */
export function stepPage({ caption, ...step }: StepParts & { readonly caption: string }, style: Style): string {
  return [style.bold(`── ${caption}`), '', ...stepSections(step).map((it) => section(it, style))].join('\n');
}

function section({ name, text }: Section, style: Style): string {
  const lines = text.trimEnd() === '' ? ['(nothing)'] : text.trimEnd().split('\n');
  return [style.dim(`${name}:`), ...lines.map((line) => `  ${line}`.trimEnd()), ''].join('\n');
}
