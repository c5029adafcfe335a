import type { RequestStatus } from '../../../rehearsal/azure/pim/model.ts';
import { chance } from '../../../rehearsal/random.ts';
import type { World } from '../../../rehearsal/world.ts';
import { second, type PimCourse } from '../plan.ts';

type Statuses = readonly (readonly [status: RequestStatus, afterMs: number])[];

/** This share of all requests has another course than the usual one. */
const share = 0.25;
/** Number of requests of a history with a course of their own. */
const most = 60;

/** Sets another course than the usual one for some requests. */
export function scriptCourses({ azure: { pim } }: World, seed: number, course: PimCourse): void {
  if (course === 'usual') return;
  for (let nth = 1; nth <= most; nth += 1) {
    if (chance(seed, 'course', nth) >= share) continue;
    const draw = (about: string): number => chance(seed, about, nth);
    pim.script({ requestType: 'AdminRemove', nth }, { statuses: statusesOf(course, 'Revoked', draw) });
    for (const requestType of ['AdminAssign', 'AdminUpdate'] as const)
      pim.script({ requestType, nth }, { statuses: statusesOf(course, 'Provisioned', draw) });
  }
}

function statusesOf(
  course: Exclude<PimCourse, 'usual'>,
  done: 'Provisioned' | 'Revoked',
  draw: (about: string) => number,
): Statuses {
  const soon = Math.round(draw('soon') * 3 * second);
  switch (course) {
    case 'slow':
      return [
        ['PendingProvisioning', 0],
        [done, soon + Math.round(draw('long') * 25 * second)],
      ];
    case 'failing':
      return [
        ['ProvisioningStarted', 0],
        ['Failed', soon],
      ];
    case 'waiting': {
      const later = Math.round(draw('person') * 200 * second);
      const verdict = draw('verdict') < 0.7;
      return [
        ['PendingApproval', soon],
        [verdict ? 'AdminApproved' : 'AdminDenied', soon + later],
        ...(verdict ? [[done, soon + later + 2 * second] as const] : []),
      ];
    }
  }
}
