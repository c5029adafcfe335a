import type { Schedule } from './schedule.ts';

/** Due times of an expression [doc:schedule-types]. Cron expressions are parsed but never due here. */
export type Expression =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron' };

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Null for an invalid one. Times are UTC. */
export function parseExpression(text: string): Expression | null {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) {
    const everyMs = Number(count) * (UNITS[unit] ?? 0);
    return everyMs > 0 ? { kind: 'rate', everyMs } : null;
  }
  const [, stamp] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? [];
  if (stamp !== undefined) {
    const time = Date.parse(`${stamp}Z`);
    return Number.isNaN(time) ? null : { kind: 'at', time };
  }
  return /^cron\(\S+( \S+){5}\)$/.test(text) ? { kind: 'cron' } : null;
}

/**
 * The first time from `from` on at which a schedule is due; undefined when there is none any more. The StartDate counts
 * as the first occurrence of a rate (not documented: docs/design/leases.md#a-timer-fires-from-its-time-on), without one
 * it begins at once [doc:schedule-types]; one-time schedules have neither start nor end [model].
 */
export function nextDue(schedule: Schedule, from: number): number | undefined {
  const expression = parseExpression(schedule.expression);
  switch (expression?.kind) {
    case 'at':
      return expression.time >= from ? expression.time : undefined;
    case 'rate': {
      const start = schedule.startsAt ?? schedule.modifiedAt;
      const due = start + Math.max(0, Math.ceil((from - start) / expression.everyMs)) * expression.everyMs;
      return due <= (schedule.endsAt ?? Infinity) ? due : undefined;
    }
    case 'cron':
    case undefined:
      return undefined;
  }
}

/** Time after which nothing is due any more; undefined for never. */
export function endOf({ expression: text, endsAt }: Schedule): number | undefined {
  const expression = parseExpression(text);
  switch (expression?.kind) {
    case 'at':
      return expression.time;
    case 'rate':
      return endsAt;
    case 'cron':
    case undefined:
      return undefined;
  }
}
