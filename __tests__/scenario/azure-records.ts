/** One who holds a lease, as a description names it. */
export interface ShownEntry {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
  readonly keep: boolean;
}

const minuteMs = 60_000;

/** The entries of the record at a description's end, read independently of the action's own reading; `null` for none. */
export function entriesIn(description: string): readonly ShownEntry[] | null {
  const shown = /(?:^|\n)\[cloud-access lease v1 [0-9a-v]+:(?<entries>.*)\]$/u.exec(description)?.groups;
  if (shown === undefined) return null;
  return (shown['entries'] ?? '')
    .split(' ')
    .filter((it) => it !== '')
    .map((it) => {
      const [holder = '', end = ''] = it.split('@');
      return { holder, end: Number.parseInt(end.slice(0, 5), 36) * minuteMs, keep: end.slice(5) === 'k' };
    });
}
