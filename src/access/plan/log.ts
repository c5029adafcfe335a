import { lifetimeInWords } from '../durations.ts';
import { describeGrant, describeIdentities, type Words } from '../grant.ts';
import { namesAmong } from '../grant-names.ts';
import { becauseOf, differsIn, namesAndIds, planByGrant, planOf, planOfMany, planOfOne } from '../messages/plans.ts';
import type { Log } from '../tools.ts';
import type { Action, Step } from './plan.ts';
import type { Lifetime } from '../request.ts';

/** Lines shown open; a longer list is folded. */
const unfolded = 20;

/** Reports the plan: of one grant its IDs and the action; of many their number, the IDs folded, and a short line each. */
export function printPlan(steps: readonly Step[], lifetime: Lifetime, words: Words, log: Log): void {
  const grants = steps.map(({ grant }) => grant);
  const identities = describeIdentities(grants, words).map((line) => `${line}.`);
  const [only, ...others] = steps;
  if (only === undefined) return;
  if (others.length === 0) {
    for (const line of identities) log.info(line);
    log.info(planOfOne(only.action, describeGrant(only.grant, words), lasting(only, lifetime), because(only)));
    return;
  }
  const names = namesAmong(grants, words);
  log.info(planOfMany(steps.length, countActions(steps), names.all));
  log.group(titled(namesAndIds, identities), identities);
  const lines = steps.map((step) => planOf(names.of(step.grant), step.action, because(step)));
  if (lines.length > unfolded) log.group(titled(planByGrant, lines), lines);
  else for (const line of lines) log.info(line);
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

function titled(title: string, lines: readonly string[]): string {
  return `${title} (${lines.length} lines)`;
}

function lasting({ action }: Step, lifetime: Lifetime): string {
  return action === 'create' || action === 'update' ? lifetimeInWords(lifetime) : '';
}

function because(step: Step): string {
  switch (step.action) {
    case 'update':
      return step.outdated.length > 0 ? differsIn(step.outdated) : '';
    case 'refuse':
      return `: ${step.reason}`;
    case 'create':
    case 'remove':
    case 'provision':
    case 'keep':
      return step.cause === undefined ? '' : becauseOf[step.cause];
  }
}
