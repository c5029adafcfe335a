import type { Fault, Remedy } from '../../access/errors.ts';
import { nearMatches } from '../../access/near.ts';
import type { OtherNames } from '../../access/declaration.ts';
import { inputOf, variableOf } from './values.ts';

/**
 * The inputs that were given and are none of this action's. GitHub warns of them only, and starts the step nevertheless:
 * with `life-time: 2h` it would make a permanent grant, and with `max-grant: 1` guard nothing. What they were given is not
 * repeated: nobody knows what it was meant for. Source: actions/runner, ActionRunner.cs.
 *
 * @param examples of all inputs of the action
 * @param otherNames what others call them
 */
export function strangerFaults(
  variables: ReadonlyMap<string, string>,
  examples: Readonly<Record<string, string>>,
  otherNames: OtherNames,
): readonly Fault[] {
  const known = Object.keys(examples);
  const own = new Set(known.map(variableOf));
  return [...variables].flatMap(([variable, value]) => {
    const input = inputOf(variable);
    if (input === null || own.has(variable)) return [];
    const meant = meantBy(input, known, otherNames);
    if (meant !== null) {
      const problem = `is not an input of this action. Did you mean ${meant}?${fromEnv(variable)}`;
      return [{ input, problem, example: { of: meant, value: examples[meant] ?? '' } }];
    }
    // A variable that somebody else set, and that a step cannot be rid of in any other way.
    if (value.trim() === '') return [];
    return [{ input, problem: 'is not an input of this action', example: notOurs(variable) }];
  });
}

/**
 * The input that others call so (`ttl`), the only one with this name as a part of its own (`client-id`), or the one whose
 * name is nearest (`max-grant`). In this order: `region` is as near to `reason` as a slip of the pen, and is none.
 */
function meantBy(input: string, known: readonly string[], otherNames: OtherNames): string | null {
  const name = input.replaceAll(/[_ ]/gu, '-');
  if (known.includes(name)) return name;
  const called = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
  if (called !== undefined) return called;
  const [longer, ...others] = known.filter((it) => `-${it}-`.includes(`-${name}-`));
  if (longer !== undefined) return others.length === 0 ? longer : null;
  return nearMatches(name, known, 1, slips)[0] ?? null;
}

/** So many letters of an input may be wrong: its name is a few plain words. */
const slips = (name: string): number => Math.max(2, Math.floor(name.length / 4));

/** An input so near to one of ours may be a misspelt guard, so that none is let through empty. */
function fromEnv(variable: string): string {
  return /^\w+$/u.test(variable) ? ` If an env: sets the variable ${variable}, give that another name.` : '';
}

function notOurs(variable: string): Remedy {
  const advice = `Take it out: the README has all inputs, under Inputs. If an env: or another tool sets the variable ${variable}, give that another name, or empty it for this step, beside its with: — env: { ${variable}: '' }`;
  return { advice };
}
