/** Pending actions on one clock, taken in order of their due time and, at the same time, of their making. */
export interface TimerList {
  /** Adds an action; the returned function takes it away again. */
  add(due: number, action: () => void): () => void;
  /** The earliest due time, or null when nothing is pending. */
  next(): number | null;
  /** Takes the earliest action that is due at `now`. */
  take(now: number): (() => void) | null;
  clear(): void;
}

interface Entry {
  readonly due: number;
  readonly action: () => void;
}

/** Makes an empty list. Lists are short (operations in progress, scripted events), so a scan is enough. */
export function timerList(): TimerList {
  const entries = new Set<Entry>();
  const earliest = (): Entry | null => {
    let best: Entry | null = null;
    for (const entry of entries) if (best === null || entry.due < best.due) best = entry;
    return best;
  };
  return {
    add: (due, action) => {
      const entry: Entry = { due, action };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    next: () => earliest()?.due ?? null,
    take: (now) => {
      const entry = earliest();
      if (entry === null || entry.due > now) return null;
      entries.delete(entry);
      return entry.action;
    },
    clear: () => {
      entries.clear();
    },
  };
}
