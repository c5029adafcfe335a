import type { Agenda } from '../../agenda.ts';
import type { Courses, FiringFate, PlannedCourse } from './courses.ts';
import { endOf, nextDue } from './expression.ts';
import type { Schedule, ScheduleKey } from './schedule.ts';
import type { Store } from './store.ts';

/** Response of a target's API to a call. */
export type Delivered =
  /** The call was accepted; the deletion itself may still fail, and the Scheduler will not notice. */
  | { readonly kind: 'accepted'; readonly requestId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** The target is no part of the rehearsal. */
  | { readonly kind: 'elsewhere' };

export type Deliver = (schedule: Schedule, fate: FiringFate | undefined) => Delivered;

/** One time that a schedule fell due. Times are ms epoch. */
export interface Firing extends ScheduleKey {
  readonly dueAt: number;
  /** Absent as long as it has not begun. */
  readonly begunAt?: number;
  /** Time at which the call first reached the API. */
  readonly arrivedAt?: number;
  /** Every call that was made for it: retries and repeated deliveries. */
  readonly deliveries: readonly { readonly at: number; readonly outcome: Delivered }[];
  /** Its state in the Scheduler: `world.aws.estate.operations()` has the result of an accepted deletion. */
  readonly outcome: Delivered | { readonly kind: 'pending' } | { readonly kind: 'never' };
  /** The queue that it was sent to when it had failed. */
  readonly deadLetterArn?: string;
}

type OpenFiring = { -readonly [K in keyof Firing]: Firing[K] };

export interface Firings {
  /** Begins, or begins again, to count a schedule. */
  plan(schedule: Schedule): void;
  all(): readonly Firing[];
}

/** With exponential backoff [model: RetryPolicy]; how long the first one is, is unverified. */
const FIRST_RETRY_MS = 10_000;
const PASSING = ['ThrottlingException', 'InternalServerException'];

export function makeFirings(agenda: Agenda, store: Store, courses: Courses, deliver: Deliver): Firings {
  const all: OpenFiring[] = [];
  const open = new Map<OpenFiring, { readonly schedule: Schedule; calls: number }>();

  /**
   * Checked when it is due: a schedule that is replaced, disabled or deleted by then does not fire; a later change
   * makes no difference.
   */
  const plan = (schedule: Schedule, from: number): void => {
    const due = schedule.state === 'ENABLED' ? nextDue(schedule, from) : undefined;
    if (due === undefined) {
      complete(schedule);
      return;
    }
    agenda.add(due, () => {
      if (store.find(schedule) !== schedule) return;
      fire(schedule, due);
      plan(schedule, due + 1);
    });
  };

  const fire = (schedule: Schedule, dueAt: number): void => {
    const { accountId, region, group, name } = schedule;
    const course = courses.take({ schedule, dueAt });
    const firing: OpenFiring = {
      accountId,
      region,
      group,
      name,
      dueAt,
      deliveries: [],
      outcome: { kind: course.fate?.kind === 'never' ? 'never' : 'pending' },
    };
    all.push(firing);
    if (firing.outcome.kind === 'never') return;
    const { againAfterMs } = course;
    const begunAt = dueAt + course.beginsAfterMs;
    const arrivesAt = begunAt + course.arrivesAfterMs;
    open.set(firing, { schedule, calls: againAfterMs === undefined ? 1 : 2 });
    agenda.add(begunAt, () => {
      firing.begunAt = begunAt;
    });
    for (const at of againAfterMs === undefined ? [arrivesAt] : [arrivesAt, arrivesAt + againAfterMs])
      agenda.add(at, () => {
        arrive(schedule, firing, course, begunAt, 0);
      });
  };

  const arrive = (
    schedule: Schedule,
    firing: OpenFiring,
    course: PlannedCourse,
    begunAt: number,
    retries: number,
  ): void => {
    const at = agenda.time();
    const outcome = deliver(schedule, course.fate);
    firing.arrivedAt ??= at;
    firing.deliveries = [...firing.deliveries, { at, outcome }];
    const { maximumRetryAttempts, maximumEventAgeSeconds } = schedule.target;
    const next = at + FIRST_RETRY_MS * 2 ** retries;
    const passing =
      outcome.kind === 'refused' &&
      (PASSING.includes(outcome.code) || (course.retriesConflicts === true && outcome.code === 'ConflictException'));
    if (passing && retries < maximumRetryAttempts && next <= begunAt + maximumEventAgeSeconds * 1000)
      agenda.add(next, () => {
        arrive(schedule, firing, course, begunAt, retries + 1);
      });
    else settle(firing, outcome);
  };

  /** One of the calls for a firing has come to its end. */
  const settle = (firing: OpenFiring, outcome: Delivered): void => {
    const state = open.get(firing);
    if (state === undefined) return;
    if (firing.outcome.kind !== 'accepted') firing.outcome = outcome;
    state.calls -= 1;
    if (state.calls > 0) return;
    open.delete(firing);
    const { deadLetterArn } = state.schedule.target;
    if (firing.outcome.kind === 'refused' && deadLetterArn !== undefined) firing.deadLetterArn = deadLetterArn;
    complete(state.schedule);
  };

  /** ActionAfterCompletion: a one-time schedule after its invocation, a recurring one after its end. */
  const complete = (schedule: Schedule): void => {
    if (schedule.state !== 'ENABLED' || schedule.actionAfterCompletion !== 'DELETE') return;
    const now = agenda.time();
    const endsAt = endOf(schedule);
    if (endsAt === undefined || nextDue(schedule, now + 1) !== undefined || store.find(schedule) !== schedule) return;
    if ([...open.values()].some((other) => other.schedule === schedule)) return; // a call is on its way
    if (endsAt <= now) store.remove(schedule);
    else
      agenda.add(endsAt, () => {
        complete(schedule);
      });
  };

  return {
    plan: (schedule) => {
      plan(schedule, agenda.time());
    },
    all: () => all.map((firing) => ({ ...firing })),
  };
}
