import { chance } from '../../random.ts';
import type { PimOptions } from './options.ts';
import type { AdminType, RequestStatus, Wanted } from './model.ts';

/** Selected requests, counted from the moment that the script is written. Refused ones do not count. */
export interface PimMatch {
  readonly requestType?: AdminType;
  readonly principalId?: string;
  /** The n-th match, 1-based; default the next. */
  readonly nth?: number;
  /** Number of matches in a row; default one. */
  readonly times?: number;
  readonly where?: (wanted: Wanted) => boolean;
}

/** Course of a request instead of the ordinary one. Times in ms, from its arrival. */
export interface RequestCourse {
  /** Time of the response to its PUT. */
  readonly takesMs?: number;
  /** Its later statuses and their times: before the first it is Accepted, after the last only a person changes it. */
  readonly statuses?: readonly (readonly [status: RequestStatus, afterMs: number])[];
  /** True if the change takes place; default: when a status means it. With true a failure makes it too. */
  readonly effect?: boolean;
}

export type PlannedCourse = RequestCourse & Required<Pick<RequestCourse, 'takesMs'>>;

/** Courses of requests: by script, else by the world's options. */
export interface Courses {
  script(match: PimMatch, course: RequestCourse): void;
  take(wanted: Wanted): PlannedCourse;
}

interface Rule {
  readonly match: PimMatch;
  readonly course: RequestCourse;
  seen: number;
  remaining: number;
}

/** [ps-rec]: an immediate request takes about 2 to 4 s. */
const FASTEST_MS = 2000;
const SPREAD_MS = 2000;

export function makeCourses(options: PimOptions): Courses {
  const rules: Rule[] = [];
  let count = 0;
  return {
    script: (match, course) => {
      for (const ms of [course.takesMs ?? 0, ...(course.statuses ?? []).map(([, afterMs]) => afterMs)])
        if (ms < 0) throw new Error(`A request cannot go on ${ms} ms after its arrival.`);
      rules.push({ match, course, seen: 0, remaining: match.times ?? 1 });
    },
    take: (wanted) => {
      count += 1;
      const [first] = rules.filter((rule) => isTurnOf(rule, wanted));
      if (first !== undefined) first.remaining -= 1;
      const usual = options.takesMs ?? FASTEST_MS + Math.floor(chance(1, 'pim', count) * SPREAD_MS);
      return { takesMs: usual, ...first?.course };
    },
  };
}

function isTurnOf(rule: Rule, wanted: Wanted): boolean {
  const { requestType, principalId, where, nth = 1 } = rule.match;
  if (requestType !== undefined && requestType !== wanted.requestType) return false;
  if (principalId !== undefined && principalId.toLowerCase() !== wanted.principalId) return false;
  if (where?.(wanted) === false) return false;
  rule.seen += 1;
  return rule.seen >= nth && rule.remaining > 0;
}
