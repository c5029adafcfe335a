const DAY = 86_400_000;

/** .NET's reading of years and months, as policies and requests are read (not known for sure). */
const FORM = /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS = [365 * DAY, 30 * DAY, DAY, 3_600_000, 60_000, 1000];

/** The milliseconds of an ISO 8601 duration; undefined for an invalid one. */
export function durationMs(text: string): number | undefined {
  const parts = FORM.exec(text)?.slice(1);
  return parts?.reduce((sum, part: string | undefined, index) => sum + Number(part ?? 0) * (UNITS[index] ?? 0), 0);
}
