import type { Fault } from '#access/errors';
import { nearMatches } from '#access/near';
import type { Declarations, InputDeclaration, OtherNames } from '#access/declaration';
import { anything } from '#access/inputs';
import { didYouMean, emptyIt, noSuchInput, removeInput, renameVariable, unsetIt } from '../messages/surroundings.ts';
import { inputOf, variableOf } from './values.ts';

/**
 * The inputs that were given and are none of this action's. GitHub warns of them only, and still starts the step:
 * with `life-time: 2h` it would make a permanent grant, and with `max-grant: 1` guard nothing. What they were given is not
 * repeated: its purpose is unknown. Source: actions/runner, ActionRunner.cs.
 *
 * @param declared all inputs of the action
 * @param otherNames what others call them
 */
export function strangerFaults(
  variables: ReadonlyMap<string, string>,
  declared: Declarations,
  otherNames: OtherNames,
): readonly Fault[] {
  const known = Object.keys(declared);
  const own = new Set(known.map(variableOf));
  return [...variables].flatMap(([variable, value]): readonly Fault[] => {
    const input = inputOf(variable);
    if (input === null || own.has(variable)) return [];
    const meant = meantBy(input, known, otherNames);
    const strict = meant !== null && (meant.isMisnamed || isGuard(declared[meant.input]));
    // A variable that another step or the runner set, and that this step can remove in no other way.
    if (value.trim() === '' && !strict) return [];
    if (meant === null) return [{ input, problem: noSuchInput, example: { advice: removeInput(variable) } }];
    const problem = didYouMean(meant.input, fromEnv(variable, strict));
    return [{ input, problem, example: { of: meant.input, value: declared[meant.input]?.example ?? '' } }];
  });
}

/** An input whose default leaves something out, which one that is misnamed, and empty, would do in silence. */
function isGuard(declaration: InputDeclaration<unknown> | undefined): boolean {
  return ['none', anything, 'true', 'false', 'keep', 'assign'].includes(declaration?.fallback ?? '');
}

interface Meant {
  readonly input: string;
  /** And not merely with a part of its name, which another tool's variable may have as well. */
  readonly isMisnamed: boolean;
}

/**
 * The input that others call so (`ttl`), that has one of several (`targets`), the only one with this name as a part of its
 * own (`client-id`), or the one whose name is nearest (`max-grant`). In this order: `region` is as near to `reason` as a
 * slip of the pen, and is none.
 */
function meantBy(given: string, known: readonly string[], otherNames: OtherNames): Meant | null {
  const name = given.replaceAll(/[_ ]/gu, '-');
  const as = (input: string | undefined, isMisnamed: boolean): Meant | null =>
    input === undefined ? null : { input, isMisnamed };
  if (known.includes(name)) return as(name, false);
  const called = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
  if (called !== undefined) return as(called, true);
  const one = name.replace(/s$/u, '');
  if (known.includes(one)) return as(one, true);
  const [longer, ...others] = known.filter((it) => `-${it}-`.includes(`-${name}-`));
  if (longer !== undefined) return others.length === 0 ? as(longer, false) : null;
  return as(nearMatches(name, known, 1, slips)[0], true);
}

/** Maximum number of wrong letters in the name of an input, which is a few plain words. */
const slips = (name: string): number => Math.max(2, Math.floor(name.length / 4));

/** @param strict whether it is a fault though it is empty */
function fromEnv(variable: string, strict: boolean): string {
  if (!/^\w+$/u.test(variable)) return '';
  return ` ${renameVariable(variable, strict ? unsetIt(variable) : emptyIt(variable))}.`;
}
