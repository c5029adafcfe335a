import { withoutEntities } from '../entities.ts';
import type { Step, StepResult } from '../runner/step.ts';

/** The line of a log or summary about the addresses of local servers, which on GitHub is not there. */
const addresses =
  /^[^=\n]*\bAWS_ENDPOINT_URL_\w+(?:, AWS_ENDPOINT_URL_\w+)* = http:\/\/127\.0\.0\.1:\d+\.?(?:<\/p>)?\s*$/u;

/** A result without the lines that only a rehearsal causes. */
export function asShown(result: StepResult): StepResult {
  return { ...result, log: withoutAddresses(result.log), summary: withoutAddresses(result.summary) };
}

function withoutAddresses(text: string): string {
  return text
    .split('\n')
    .filter((line) => !addresses.test(withoutEntities(line)))
    .join('\n');
}

/** Inputs without those that only a rehearsal needs: where its Azure is. */
export function inputsAsShown(inputs: Step['inputs']): Step['inputs'] {
  const isLocal = inputs['azure-environment']?.startsWith('https://127.0.0.1:') === true;
  if (!isLocal) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).filter(([name]) => !['azure-environment', 'azure-audience'].includes(name)),
  );
}
