import { lifetimeInWords } from '../durations.ts';
import { describeGrant, describeIdentities, type Words } from '../grant.ts';
import type { Log } from '../tools.ts';
import type { Action, Step } from './plan.ts';
import type { Lifetime } from '../request.ts';

/** So many lines are shown as they are; more are folded. */
const unfolded = 20;

/** Says what is about to be done: counts first, then who is who, then each step. */
export function printPlan(steps: readonly Step[], lifetime: Lifetime, words: Words, log: Log): void {
  const identities = describeIdentities(
    steps.map(({ grant }) => grant),
    words,
  ).map((line) => `${line}.`);
  const lines = steps.map(
    (step) => `Plan: ${step.action} ${describeGrant(step.grant, words)}${lasting(step, lifetime)}${because(step)}.`,
  );
  if (steps.length > 1) log.info(`Plan for ${steps.length} grants: ${countActions(steps)}.`);
  show('Names and ids', identities, log);
  show('The plan, grant by grant', lines, log);
}

/** `3 create, 2 keep`, in the order of how much they matter. */
export function countActions(steps: readonly { readonly action: Action }[]): string {
  const actions: readonly Action[] = ['create', 'update', 'provision', 'remove', 'refuse', 'keep'];
  const counts = actions.map((action) => ({ action, many: steps.filter((step) => step.action === action).length }));
  return counts
    .filter(({ many }) => many > 0)
    .map(({ action, many }) => `${many} ${action}`)
    .join(', ');
}

function show(title: string, lines: readonly string[], log: Log): void {
  if (lines.length > unfolded) log.group(`${title} (${lines.length} lines)`, lines);
  else for (const line of lines) log.info(line);
}

/** For how long. */
function lasting({ action }: Step, lifetime: Lifetime): string {
  return action === 'create' || action === 'update' ? lifetimeInWords(lifetime) : '';
}

function because(step: Step): string {
  switch (step.action) {
    case 'update':
      return step.outdated.length > 0 ? ` (not as asked: ${step.outdated.join(', ')})` : '';
    case 'refuse':
      return `: ${step.reason.replace(/\.$/u, '')}`;
    case 'create':
    case 'remove':
    case 'provision':
    case 'keep':
      return '';
  }
}
