import type { Agenda } from '../../agenda.ts';
import { chance } from '../../random.ts';
import type { OperationOutcome } from '../operation.ts';
import type { Schedule } from './schedule.ts';

/** An `at()` or an occurrence is invoked within the minute that begins with it [doc:schedule-types]. */
const PRECISION_MS = 60_000;
/** The longest that a firing that has begun is on its way here (docs/design/leases.md#a-firing-may-arrive-late: 60 s event age, and slack). */
const LONGEST_WAY_MS = 120_000;

/** A firing that falls due. */
export interface DueFiring {
  readonly schedule: Schedule;
  /** ms epoch */
  readonly dueAt: number;
}

/** Selected firings, counted from the moment that the script is written. */
export interface FiringMatch {
  /** The schedule's. */
  readonly name?: string;
  /** The n-th match, 1-based; default the next. */
  readonly nth?: number;
  /** Number of matches in a row; default one. */
  readonly times?: number;
  readonly where?: (firing: DueFiring) => boolean;
}

/** Course of a firing instead of the ordinary one. */
export type FiringFate =
  /** The Scheduler leaves it out. */
  | { readonly kind: 'never' }
  /** The API refuses the call, however often it is tried. */
  | {
      readonly kind: 'refused';
      readonly code: 'ConflictException' | 'ThrottlingException' | 'AccessDeniedException' | 'InternalServerException';
    }
  /** The call is accepted, and the deletion goes like this: `{ status: 'FAILED' }`. */
  | { readonly kind: 'ends'; readonly outcome: OperationOutcome };

export interface FiringCourse {
  /** From due to begun: 0 to 60,000. */
  readonly beginsAfterMs?: number;
  /** From begun to the API: 0 to 120,000. */
  readonly arrivesAfterMs?: number;
  /** Delivered a second time, so long after the first; within 120,000 of the beginning. */
  readonly againAfterMs?: number;
  /** A conflict counts as passing for the RetryPolicy; which errors do is unverified. */
  readonly retriesConflicts?: boolean;
  readonly fate?: FiringFate;
}

export interface FiringSettings {
  /** Of the spread of the beginnings over their minute; default 1. */
  readonly seed?: number;
  /** All alike instead of spread. */
  readonly beginsAfterMs?: number;
  /** Default 0. */
  readonly arrivesAfterMs?: number;
}

/** Courses of firings: by script, else by the world's settings. */
export interface Courses {
  script(match: FiringMatch, course: FiringCourse): void;
  /** The Scheduler does not work between two times, counted from now: what falls due meanwhile is never fired. */
  outage(fromMs: number, untilMs: number): void;
  take(firing: DueFiring): PlannedCourse;
}

export type PlannedCourse = FiringCourse & Required<Pick<FiringCourse, 'beginsAfterMs' | 'arrivesAfterMs'>>;

interface Rule {
  readonly match: FiringMatch;
  readonly course: FiringCourse;
  seen: number;
  remaining: number;
}

export function makeCourses(agenda: Agenda, settings: FiringSettings = {}): Courses {
  const { seed = 1, beginsAfterMs, arrivesAfterMs = 0 } = settings;
  const rules: Rule[] = [];
  const outages: { readonly from: number; readonly until: number }[] = [];
  let count = 0;
  check({ arrivesAfterMs, ...(beginsAfterMs === undefined ? {} : { beginsAfterMs }) });

  const scripted = (firing: DueFiring): FiringCourse => {
    const turns = rules.filter((rule) => isTurnOf(rule, firing));
    const [first] = turns;
    if (first === undefined) return {};
    first.remaining -= 1;
    return first.course;
  };
  return {
    script: (match, course) => {
      check(course);
      rules.push({ match, course, seen: 0, remaining: match.times ?? 1 });
    },
    outage: (fromMs, untilMs) => {
      const now = agenda.time();
      outages.push({ from: now + fromMs, until: now + untilMs });
    },
    take: (firing) => {
      count += 1;
      const course = scripted(firing);
      const window = (firing.schedule.windowMinutes ?? 1) * PRECISION_MS;
      const down = outages.some(({ from, until }) => from <= firing.dueAt && firing.dueAt < until);
      return {
        beginsAfterMs: beginsAfterMs ?? Math.floor(chance(seed, 'firing', count) * window),
        arrivesAfterMs,
        ...course,
        ...(down ? { fate: { kind: 'never' } } : {}),
      };
    },
  };
}

function isTurnOf(rule: Rule, firing: DueFiring): boolean {
  const { name, where, nth = 1 } = rule.match;
  if (name !== undefined && name !== firing.schedule.name) return false;
  if (where?.(firing) === false) return false;
  rule.seen += 1;
  return rule.seen >= nth && rule.remaining > 0;
}

function check({ beginsAfterMs = 0, arrivesAfterMs = 0, againAfterMs = 0 }: FiringCourse): void {
  if (beginsAfterMs < 0 || beginsAfterMs > PRECISION_MS)
    throw new Error(`A firing begins within ${PRECISION_MS} ms, not after ${beginsAfterMs}.`);
  if (arrivesAfterMs < 0 || againAfterMs < 0 || arrivesAfterMs + againAfterMs > LONGEST_WAY_MS)
    throw new Error(`A firing arrives within ${LONGEST_WAY_MS} ms of its beginning, each time that it does.`);
}
