import { stringify } from 'yaml';

import type { Step, StepResult } from '../runner/step.ts';
import type { Played } from './play.ts';
import type { Scene } from './scene.ts';
import { summaryText } from './summary.ts';

/** Colours only where they can be seen and nobody objects (no-color.org). */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

export function makeStyle(colours: boolean): Style {
  const paint = (code: number) => (text: string) => (colours ? `\u001B[${code}m${text}\u001B[0m` : text);
  return { bold: paint(1), dim: paint(2), good: paint(32), bad: paint(31) };
}

const WIDTH = 100;

/** What a scene is about. */
export function head(number: number, { title, note }: Pick<Scene, 'title' | 'note'>, style: Style): string {
  const line = `${number}. ${title} `;
  return [
    style.bold(line + '─'.repeat(Math.max(0, WIDTH - line.length))),
    ...(note === undefined ? [] : [note]),
    '',
  ].join('\n');
}

/** What a user sees of one part of it: the step, the log, the outputs, the summary and what it took. */
export function page(played: Played, style: Style): string {
  const { caption, access, faults } = played;
  return [
    ...(caption === null ? [] : [style.bold(`── ${caption}`), '']),
    ...(played.kind === 'step'
      ? stepSections(played, style)
      : [section('The cloud, by itself', played.happened.join('\n'), style)]),
    ...(access === null ? [] : [section('The access', access, style)]),
    faults.length === 0 ? style.good('✔ as expected') : style.bad(`✘ not as expected: ${faults.join('; ')}`),
    '',
  ].join('\n');
}

/** The same of a step of which nothing is expected. */
export function stepPage({ caption, ...step }: StepParts & { readonly caption: string }, style: Style): string {
  return [style.bold(`── ${caption}`), '', ...stepSections(step, style)].join('\n');
}

interface StepParts {
  /** `null`: they are known. */
  readonly inputs: Step['inputs'] | null;
  readonly result: StepResult;
}

function stepSections({ inputs, result }: StepParts, style: Style): readonly string[] {
  return [
    ...(inputs === null ? [] : [section('Step', stepText(inputs), style)]),
    section('Log', result.log, style),
    ...(result.stderr === '' ? [] : [section('Standard error', result.stderr, style)]),
    ...(inputs === null ? [] : [section('Outputs', outputText(result.outputs), style)]),
    section('Summary', summaryText(result.summary), style),
    section('Took', tookText(result), style),
  ];
}

function section(name: string, text: string, style: Style): string {
  const lines = text.trimEnd() === '' ? ['(nothing)'] : text.trimEnd().split('\n');
  return [style.dim(`${name}:`), ...lines.map((line) => `  ${line}`.trimEnd()), ''].join('\n');
}

/** As it would stand in a workflow. */
function stepText(inputs: Step['inputs']): string {
  const step = { uses: 'octo-org/cloud-access@v1', id: 'access', with: inputs };
  return stringify([step], { singleQuote: true, lineWidth: 0 });
}

function outputText(outputs: StepResult['outputs']): string {
  const set = Object.entries(outputs).filter(([, value]) => value !== '');
  const width = Math.max(0, ...set.map(([name]) => name.length));
  return set
    .map(([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`)
    .join('\n');
}

function tookText({ exitCode, signal, virtualMs, realMs, requests }: StepResult): string {
  const counts = new Map<string, number>();
  for (const { service, operation } of requests) {
    const name = service === operation ? service : `${service} ${operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [
    exitCode === null ? `ended by ${String(signal)}` : `exit code ${exitCode}`,
    `${seconds(realMs)} here, ${seconds(virtualMs)} in the cloud's time`,
    `${requests.length} requests${counts.size === 0 ? '' : ': '}${[...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ')}`,
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
