import type { JobPlan } from './model.ts';

interface Ordered {
  readonly ordered: readonly JobPlan[];
  /** A sentence; `null` where the order is right. */
  readonly fault: string | null;
}

/** Jobs in the order of their `needs`, otherwise as written. */
export function inOrder(jobs: readonly JobPlan[]): Ordered {
  const ids = new Set(jobs.map(({ id }) => id));
  for (const { id, needs } of jobs)
    for (const need of needs)
      if (!ids.has(need)) return { ordered: jobs, fault: `The job ${id} needs the job ${need}, which does not exist.` };
  const ordered: JobPlan[] = [];
  const done = new Set<string>();
  while (ordered.length < jobs.length) {
    const next = jobs.find(({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need)));
    if (next === undefined) return { ordered: jobs, fault: 'Its jobs need each other in a circle.' };
    ordered.push(next);
    done.add(next.id);
  }
  return { ordered, fault: null };
}
