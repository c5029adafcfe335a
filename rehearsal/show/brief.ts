import type { Played } from './play.ts';
import type { Shown } from './run-scenes.ts';
import type { Style } from './style.ts';
import { summaryText } from './summary.ts';

/** Columns of a terminal that shows each line whole. */
const WIDTH = 118;
const MARGIN = ' '.repeat(5);
/** Lines of the reason of a failure. */
const REASON_LINES = 2;

/** One line a scene, and below it the reason of a step that failed as expected. Quoted are the action's words. */
export function briefLines({ number, scene, parts, faults }: Shown, style: Style): readonly string[] {
  const title = `${String(number).padStart(2)} ${scene.title}`;
  if (faults.length > 0) return [`${style.bad('✘')} ${clipped(`${title}: ${faults.join('; ')}`)}`];
  const reasons = parts.flatMap((it) => (it.kind === 'step' ? (it.result.outputs['failure-reason'] ?? '') : ''));
  const [reason] = reasons.filter((it) => it !== '');
  return [
    `${style.good('✔')} ${clipped(`${title} · ${parts.map(outcome).join(' → ')}`)}`,
    ...(reason === undefined ? [] : wrapped(quoted(reason)).map((line) => style.dim(`${MARGIN}${line}`))),
  ];
}

/** The summary of the first lease that a scene took, as text; `null` without one. */
export function leaseSummary({ parts }: Shown): string | null {
  for (const part of parts)
    if (part.kind === 'step' && part.result.outputs['lease-state'] === 'leased')
      return summaryText(part.result.summary);
  return null;
}

function outcome(played: Played): string {
  if (played.kind === 'interlude') return played.access === 'gone' ? 'access ended' : 'access still there';
  const { exitCode, signal, outputs, summary } = played.result;
  if (exitCode === null) return `killed (${String(signal)})`;
  const { status = '' } = outputs;
  if (exitCode !== 0 && status !== '') return quoted(status);
  const [heading = ''] = summaryText(summary).split('\n');
  return quoted(heading.replace(/^\P{L}+/u, '').replace(/: .*$/u, ''));
}

function quoted(text: string): string {
  return `"${text.replaceAll(/\s+/gu, ' ').trim()}"`;
}

function clipped(text: string, width = WIDTH): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** At most so many lines, the last one clipped. */
function wrapped(text: string, most = REASON_LINES): readonly string[] {
  const width = WIDTH - MARGIN.length;
  if (text.length <= width || most === 1) return [clipped(text, width)];
  const space = text.lastIndexOf(' ', width);
  const at = space > 0 ? space : width;
  return [text.slice(0, at), ...wrapped(text.slice(at).trimStart(), most - 1)];
}
