import { ok, wrong, type Parsed } from './declaration.ts';
import { longerThanAJob, notADuration, outsideAges, outsideLifetimes, unitWithoutNumber } from './messages/values.ts';
import type { Lifetime } from './request.ts';

const units = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const longestTimeoutMs = 6 * 3_600_000;
/** Bounds of a lifetime, in milliseconds. */
export const lifetimesMs = { shortest: 5 * 60_000, longest: 30 * 86_400_000 } as const;

/** `30s`, `45m`, `2h`, `1d`, `1h30m`, `PT1H30M`, `P1D`, in milliseconds; at most as long as a job can last. */
export function parseDuration(value: string): Parsed<number> {
  const parsed = parseSpan(value);
  return parsed.ok && parsed.value > longestTimeoutMs ? wrong(longerThanAJob(value)) : parsed;
}

/** The same for the time that access lasts. */
export function parseLifetime(value: string): Parsed<number> {
  return parseLong(value, outsideLifetimes);
}

/** The same for an age, within the bounds of a lifetime. */
export function parseAge(value: string): Parsed<number> {
  return parseLong(value, outsideAges);
}

function parseLong(value: string, outside: (value: string) => string): Parsed<number> {
  const parsed = parseSpan(value);
  if (!parsed.ok) return parsed;
  const { shortest, longest } = lifetimesMs;
  return parsed.value < shortest || parsed.value > longest ? wrong(outside(value)) : parsed;
}

function parseSpan(value: string): Parsed<number> {
  const plain = /^(?:(?<d>\d{1,5})d)?(?:(?<h>\d{1,5})h)?(?:(?<m>\d{1,5})m)?(?:(?<s>\d{1,5})s)?$/u.exec(value);
  const iso = /^P(?:(?<d>\d{1,5})D)?(?:T(?=\d)(?:(?<h>\d{1,5})H)?(?:(?<m>\d{1,5})M)?(?:(?<s>\d{1,5})S)?)?$/u.exec(
    value,
  );
  const groups = (plain ?? iso)?.groups;
  const total = Object.entries(units).reduce((sum, [unit, size]) => sum + Number(groups?.[unit] ?? 0) * size * 1000, 0);
  if (/^P?(?:\d*[dhms]|T)*$/iu.test(value) && /(?:^|[a-z])[dhms]|[PT]$/iu.test(value))
    return wrong(unitWithoutNumber(value));
  return groups === undefined || total === 0 ? wrong(notADuration(value)) : ok(total);
}

/** `2 h`, `1 d 12 h`, `1 h 30 min`: a time for a person, from milliseconds. */
export function durationInWords(ms: number): string {
  const { d, h, m, s } = inUnits(ms);
  const words = [
    [d, 'd'],
    [h, 'h'],
    [m, 'min'],
    [s, 's'],
  ] as const;
  const texts = words.flatMap(([many, unit]) => (many === 0 ? [] : [`${many} ${unit}`]));
  return texts.length === 0 ? '0 s' : texts.join(' ');
}

/** ` for 2 h, ends with the job`, and nothing of access that does not end by itself. */
export function lifetimeInWords(lifetime: Lifetime): string {
  if (lifetime.kind === 'permanent') return '';
  return ` for ${durationInWords(lifetime.ms)}, ${lifetime.keepAfterJob ? 'kept after the job' : 'ends with the job'}`;
}

/** The only way in which plans write a duration, such as `P1DT12H` or `PT45M`, from milliseconds. */
export function isoDuration(ms: number): string {
  const { d, h, m, s } = inUnits(ms);
  const part = (many: number, unit: string): string => (many === 0 ? '' : `${many}${unit}`);
  const time = part(h, 'H') + part(m, 'M') + part(s, 'S');
  const whole = part(d, 'D') + (time === '' ? '' : `T${time}`);
  return `P${whole === '' ? 'T0S' : whole}`;
}

function inUnits(ms: number): Readonly<Record<keyof typeof units, number>> {
  const all = Math.floor(ms / 1000);
  return {
    d: Math.floor(all / units.d),
    h: Math.floor((all % units.d) / units.h),
    m: Math.floor((all % units.h) / units.m),
    s: all % units.m,
  };
}
