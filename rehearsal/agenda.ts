/** Events with a time, carried out at the next look: nothing has to fire for the state to be right. */
export interface Agenda {
  /** The time of the event that is being carried out, else now. */
  time(): number;
  add(at: number, action: () => void): void;
  /** Carries out, in order, all events that are due by now. */
  settle(): void;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

export function makeAgenda(now: () => number): Agenda {
  let events: Event[] = [];
  let order = 0;
  let current: number | null = null;

  const next = (until: number): Event | undefined => {
    let best: Event | undefined;
    for (const event of events)
      if (
        event.at <= until &&
        (best === undefined || event.at < best.at || (event.at === best.at && event.order < best.order))
      )
        best = event;
    return best;
  };

  return {
    time: () => current ?? now(),
    add: (at, action) => {
      events.push({ at, order: order++, action });
    },
    settle: () => {
      if (current !== null) return; // an event looks at the state that it changes
      const until = now();
      try {
        for (let event = next(until); event !== undefined; event = next(until)) {
          const due = event;
          events = events.filter((other) => other !== due);
          current = due.at;
          due.action();
        }
      } finally {
        current = null;
      }
    },
  };
}
