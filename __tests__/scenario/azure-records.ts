/** A holder of a lease in a description. */
export interface ShownEntry {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
  readonly keep: boolean;
}

/** A description with a record at its end: the text before it, its digest, and the holders with their end times. */
export interface ShownDescription {
  readonly text: string;
  readonly digest: string;
  readonly entries: readonly ShownEntry[];
}

const minuteMs = 60_000;

/** Read independently of the action's own reading; `null` for a description without a record. */
export function shownIn(description: string): ShownDescription | null {
  const lines = description.split('\n');
  const shown = /^\[cloud-access lease v1 (?<digest>[0-9a-v]+):(?<entries>.*)\]$/u.exec(lines.at(-1) ?? '')?.groups;
  if (shown === undefined) return null;
  const entries = (shown['entries'] ?? '')
    .split(' ')
    .filter((it) => it !== '')
    .map((it) => {
      const [holder = '', end = ''] = it.split('@');
      return { holder, end: Number.parseInt(end.slice(0, 5), 36) * minuteMs, keep: end.slice(5) === 'k' };
    });
  return { text: lines.slice(0, -1).join('\n'), digest: shown['digest'] ?? '', entries };
}

/** Entries of the record at a description's end; `null` without one. */
export function entriesIn(description: string): readonly ShownEntry[] | null {
  return shownIn(description)?.entries ?? null;
}
