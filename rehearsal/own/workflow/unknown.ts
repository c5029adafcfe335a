import { isMapping, type Mapping } from '../../shape.ts';
import { bareCondition, expressionsIn, pathsIn } from '../expressions.ts';
import { defaultContext } from '../../runner/context.ts';
import { isKnown } from '../step-scope.ts';
import { eventPayload } from './contexts.ts';
import type { JobPlan, StepPlan } from './model.ts';

interface Asked {
  readonly document: Mapping;
  readonly jobs: readonly JobPlan[];
  /** The event that starts it. */
  readonly event: string;
  /** The values of expressions, by their text. */
  readonly values: ReadonlyMap<string, string>;
}

/** Names in expressions without a value from the workflow or a person: `vars.TEAM`. Throws Misuse. */
export function unknownPaths({ document, jobs, event, values }: Asked): readonly string[] {
  const payload = eventPayload({ ...defaultContext, eventName: event }, {});
  const found = jobs.flatMap((job) => {
    const { outputs, environment, env } = job.document;
    const conditions = [job, ...job.steps].flatMap(({ condition }) =>
      condition === null ? [] : [bareCondition(condition)],
    );
    const texts = [document['env'], env, environment, outputs, ...job.steps.map(readBy)].flatMap(textsIn);
    const unknownIn = (expressions: readonly string[]): readonly string[] =>
      expressions
        .filter((it) => it !== '' && !values.has(it))
        .flatMap((it) => pathsIn(it).filter((path) => isUnknown(path, job, payload)));
    // A variable that is not set is empty on GitHub: a condition with it belongs to a part that it switches on.
    const asked = unknownIn(conditions).filter((path) => !path.startsWith('vars.'));
    return [...asked, ...unknownIn(texts.flatMap(expressionsIn))];
  });
  return [...new Set(found)].filter((path) => !values.has(path));
}

/** The parts of a step that the rehearsal evaluates. */
function readBy({ kind, document: { with: inputs, run, env } }: StepPlan): unknown {
  if (kind === 'other') return null;
  return kind === 'action' ? { inputs, env } : { run, env };
}

function isUnknown(path: string, { steps }: JobPlan, payload: Mapping): boolean {
  const [context = '', name = '', part = ''] = path.split('.');
  if (context === 'vars' || context === 'secrets') return name.toUpperCase() !== 'GITHUB_TOKEN';
  if (context === 'github')
    return name === 'event' && !['inputs', 'repository'].includes(part) && !isKnown(payload, path.split('.').slice(2));
  if (context !== 'steps' || part !== 'outputs') return false;
  return steps.some(({ id, kind }) => id === name && kind === 'other');
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return (value as readonly unknown[]).flatMap(textsIn);
  return isMapping(value) ? Object.values(value).flatMap(textsIn) : [];
}
