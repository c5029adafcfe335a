import { defaultContext } from '../runner/context.ts';
import { text } from '../runner/inputs.ts';
import { isMapping, type Mapping } from '../shape.ts';
import { dispatchInputs } from './dispatch-inputs.ts';
import { evaluateText, expressionsIn, pathsIn } from './expressions.ts';
import { Misuse } from './options.ts';
import { triggerOf, type Place } from './read-job.ts';
import { eventPayload, githubContext, withValues } from './workflow/contexts.ts';

interface StepScope {
  readonly env: Readonly<Record<string, string>>;
  /** A text with its expressions evaluated; adds names without a value to `unknown`. */
  readonly evaluate: (template: string, unknown: Set<string>) => string;
}

/**
 * Values for the expressions of one step, without the steps and jobs before it. Throws Misuse.
 *
 * @param place `null` for a step without a workflow
 */
export function stepScope(place: Place | null, event: string | null, values: ReadonlyMap<string, string>): StepScope {
  const contexts = { ...contextsOf(place, event, values) };
  const evaluate: StepScope['evaluate'] = (template, unknown) => {
    const { contexts: known, given } = withValues(contexts, values);
    const expressions = expressionsIn(template).filter((it) => !given.has(it));
    const missing = expressions.flatMap(pathsIn).filter((path) => !isKnown(known, path.split('.')));
    for (const path of missing) unknown.add(path);
    return missing.length > 0 ? '' : evaluateText(template, { contexts: known, standing: 'success', given });
  };
  const env: Record<string, string> = {};
  contexts['env'] = env;
  for (const of of place === null ? [] : [place.workflow, place.job, place.step])
    for (const [name, value] of isMapping(of['env']) ? Object.entries(of['env']) : []) {
      const unknown = new Set<string>();
      const evaluated = evaluate(text(value), unknown);
      if (unknown.size === 0) env[name] = evaluated;
    }
  return { env, evaluate };
}

/** The repository is the estate's, which is not known here. */
function contextsOf(place: Place | null, event: string | null, values: ReadonlyMap<string, string>): Mapping {
  const own = [...values].flatMap(([key, value]) => {
    const name = /^inputs\.(?<name>[\w-]+)$/u.exec(key)?.groups?.['name'];
    return name === undefined ? [] : [[name, value] as const];
  });
  if (place === null) return { inputs: Object.fromEntries(own) };
  const trigger = triggerOf(place.workflow, event, place.path);
  const declared = trigger.inputs ?? {};
  const isDeclared = ([name]: readonly [string, string]): boolean => Object.hasOwn(declared, name);
  const { inputs, faults, missing } = dispatchInputs(declared, new Map(own.filter(isDeclared)));
  if (faults.length > 0)
    throw new Misuse(`${place.path} cannot be rehearsed:\n${faults.map((it) => `  ${it}`).join('\n')}`);
  const all = { ...inputs, ...Object.fromEntries(own.filter((it) => !isDeclared(it))) };
  const known = Object.entries(all).filter(([name]) => !missing.includes(name));
  const context = { ...defaultContext, eventName: trigger.event, ref: trigger.ref, job: place.name };
  const github = Object.entries(githubContext(context, eventPayload(context, all)));
  return {
    inputs: Object.fromEntries(known),
    github: Object.fromEntries(github.filter(([name]) => !/^(?:repository|workflow)/u.test(name))),
  };
}

/** True if a path leads to a value. */
export function isKnown(within: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return isMapping(within) && Object.hasOwn(within, key) && isKnown(within[key], rest);
}
