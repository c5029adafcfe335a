const dayMs = 86_400_000;
const unitsMs = [365 * dayMs, 30 * dayMs, 7 * dayMs, dayMs, 3_600_000, 60_000, 1_000] as const;
const form =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/u;

/**
 * The milliseconds of an ISO 8601 duration as policies and requests have it, `null` where it is none. A year is 365 days
 * and a month 30 (not known for sure).
 */
export function durationMs(text: string): number | null {
  const parts = form.exec(text)?.slice(1);
  if (parts === undefined) return null;
  return unitsMs.reduce((sum, unit, index) => sum + unit * Number(parts[index] ?? 0), 0);
}
