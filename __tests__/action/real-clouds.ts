import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { InputFaults, type Fault } from '../../src/access/errors.ts';
import { readInputs } from '../../src/action/inputs/inputs.ts';
import { clouds } from '../../src/clouds.ts';
import { eventOf } from './github/event-of.ts';

/** The inputs of the action, and the defaults of those that have any but an expression. */
export const action = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
};

/** The faults of a step for one of the real clouds, with the defaults as the runner sets them. */
export function realFaultsOf(
  given: Readonly<Record<string, string>>,
  around: Readonly<Record<string, string>> = {},
): readonly Fault[] {
  const defaults = Object.entries(action.inputs).flatMap(([name, { default: value = '' }]) =>
    value.startsWith('${{') ? [] : [[name, value] as const],
  );
  const variables = new Map([
    ...Object.entries({ ...Object.fromEntries(defaults), ...given }).map(
      ([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value] as const,
    ),
    ...Object.entries(around),
  ]);
  try {
    readInputs(clouds, {
      surroundings: { variables, file: () => null, homeFolder: '/home/me', runName: '1-2-3' },
      event: eventOf('push'),
      tokenFault: null,
    });
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw error;
  }
}
