import type { ScheduleRequest } from '../../rehearsal/azure/pim/model.ts';

const minuteMs = 60_000;

/**
 * End of the access that a request asks for, in milliseconds since the epoch. @param at the time at which it is carried
 * out
 */
export function endIn({ expiration, startsAt }: ScheduleRequest, at: number): number {
  switch (expiration?.type) {
    case 'AfterDuration':
      return Math.max(startsAt, at) + expiration.ms;
    case 'AfterDateTime':
      return expiration.at;
    case 'NoExpiration':
    case undefined:
      return Infinity;
  }
}

/** Holder in a justification; read independently of the action's own reading. */
export interface ShownRecord {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
}

export function recordIn(justification: string): ShownRecord | null {
  const shown =
    /\[cloud-access lease v1 [0-9a-v]{12}: (?<holder>[0-9a-z.]+)@(?<end>[0-9a-z]{5})k?(?: for [0-9a-z.]+)?\]$/u;
  const { holder, end = '' } = shown.exec(justification)?.groups ?? {};
  return holder === undefined ? null : { holder, end: Number.parseInt(end, 36) * minuteMs };
}
