import type { Fault, Remedy } from '../../access/errors.ts';
import { nearMatches } from '../../access/near.ts';
import { inputOf, variableOf } from './values.ts';

/**
 * The inputs that were given and are none of this action's. GitHub warns of them only, and starts the step nevertheless:
 * with `life-time: 2h` it would make a permanent grant, and with `max-grant: 1` guard nothing. What they were given is not
 * repeated: nobody knows what it was meant for. Source: actions/runner, ActionRunner.cs.
 *
 * @param examples of all inputs of the action
 */
export function strangerFaults(
  variables: ReadonlyMap<string, string>,
  examples: Readonly<Record<string, string>>,
): readonly Fault[] {
  const known = Object.keys(examples);
  const own = new Set(known.map(variableOf));
  return [...variables].flatMap(([variable, value]) => {
    const input = inputOf(variable);
    if (input === null || own.has(variable)) return [];
    const meant = meantBy(input, known);
    if (meant !== null) {
      const problem = `is no input of this action. Did you mean ${meant}?`;
      return [{ input, problem, example: { of: meant, value: examples[meant] ?? '' } }];
    }
    // A variable that somebody else set, and that a step cannot be rid of in any other way.
    if (value.trim() === '') return [];
    return [{ input, problem: 'is no input of this action', example: notOurs(variable) }];
  });
}

/** The input whose name is near, or ends or begins with this one and no other does: `client-id`, `condition_version`. */
function meantBy(input: string, known: readonly string[]): string | null {
  const name = input.replaceAll('_', '-');
  const [near] = nearMatches(name, known, 1);
  if (near !== undefined) return near;
  const [longer, ...others] = known.filter((it) => it.endsWith(`-${name}`) || it.startsWith(`${name}-`));
  return others.length === 0 ? (longer ?? null) : null;
}

function notOurs(variable: string): Remedy {
  const advice = `Take it out: the README has all inputs, under Inputs. If an env: or another tool sets the variable ${variable}, give that another name.`;
  return { advice };
}
