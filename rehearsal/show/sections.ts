import { stringify } from 'yaml';

import type { Step, StepResult } from '../runner/step.ts';
import type { Played } from './play.ts';
import { summaryText } from './summary.ts';

/** A visible part of a step. */
export interface Section {
  readonly name: string;
  readonly text: string;
  /** The same as markup of the action, where it has any. */
  readonly html?: string;
}

/** A step as it is written in a workflow. */
export interface WrittenStep {
  readonly uses: string;
  readonly id: string | null;
  readonly inputs: Step['inputs'];
}

export interface StepParts {
  /** `null`: known to the reader. */
  readonly step: WrittenStep | null;
  readonly result: StepResult;
}

/** Step, log, outputs, summary, and the requests and time that it needed. */
export function stepSections({ step, result }: StepParts): readonly Section[] {
  return [
    ...(step === null ? [] : [{ name: 'Step', text: stepText(step) }]),
    { name: 'Log', text: result.log },
    ...(result.stderr === '' ? [] : [{ name: 'Standard error', text: result.stderr }]),
    ...(step === null ? [] : [{ name: 'Outputs', text: outputText(result.outputs) }]),
    { name: 'Summary', text: summaryText(result.summary), html: result.summary },
    { name: 'Time and requests', text: costText(result) },
  ];
}

/** The sections of a part of a scene. */
export function playedSections(played: Played): readonly Section[] {
  return [
    ...(played.kind === 'step'
      ? stepSections({ step: written(played.inputs), result: played.result })
      : [{ name: 'The cloud, by itself', text: played.happened.join('\n') }]),
    ...(played.access === null ? [] : [{ name: 'The access', text: played.access }]),
  ];
}

function written(inputs: Step['inputs'] | null): WrittenStep | null {
  return inputs === null ? null : { uses: 'octo-org/cloud-access@v1', id: 'access', inputs };
}

function stepText({ uses, id, inputs }: WrittenStep): string {
  const step = { uses, ...(id === null ? {} : { id }), with: inputs };
  return stringify([step], { singleQuote: true, lineWidth: 0 });
}

function outputText(outputs: StepResult['outputs']): string {
  const set = Object.entries(outputs).filter(([, value]) => value !== '');
  const width = Math.max(0, ...set.map(([name]) => name.length));
  return set
    .map(([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`)
    .join('\n');
}

function costText({ exitCode, signal, virtualMs, realMs, requests }: StepResult): string {
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
