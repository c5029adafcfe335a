/** Content of the name of a lease's schedule. */
export interface ShownName {
  readonly grant: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
  readonly holder: string;
  /** `h` is a hold, `t` a timer, `s` a sweep's mark. */
  readonly kind: 'h' | 't' | 's';
}

const named = /^(?<grant>[0-9a-v]{24})-(?<end>\d{10})-(?<holder>[0-9a-v]{20})-(?<kind>[hts])$/u;

/**
 * Read independently of the action's own reading; `null` for a schedule of another kind. Source:
 * docs/leases.md#the-records.
 */
export function shownIn(name: string): ShownName | null {
  const groups = named.exec(name)?.groups;
  if (groups === undefined) return null;
  const { grant = '', end = '', holder = '', kind } = groups;
  return { grant, end: Number(end) * 1_000, holder, kind: kind as ShownName['kind'] };
}
