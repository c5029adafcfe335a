import type { GitHubWorld } from '../github/rest.ts';

/** Assumption of a step about another workflow: the sweep that it names has just run green, on its schedule. */
export function assumeSweeps({ repository }: GitHubWorld, inputs: Readonly<Record<string, string>>): void {
  const workflow = inputs['sweep-workflow'] ?? 'none';
  if (!/^[\w.-]+\.ya?ml$/u.test(workflow)) return;
  repository.workflow(workflow);
  repository.run({ workflow, event: 'schedule' });
}
