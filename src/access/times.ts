/** `2026-11-21T21:35:00Z`: an instant as outputs have it, from milliseconds since the epoch. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, 'Z');
}

export const minuteMs = 60_000;

/** The whole minute that an instant lies in, both in milliseconds. */
export function wholeMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

/** `2026-11-21 21:35 UTC`: the same for a person, to the minute. */
export function minuteInWords(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
