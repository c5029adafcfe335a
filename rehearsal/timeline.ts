/** A value and its past, for readers with a lag. */
export interface Timeline<T> {
  now(): T;
  /** The true value at a time. */
  at(time: number): T;
  /** `since`: from when a reader sees it; minus infinity makes it seen at once. */
  set(value: T, since: number): void;
}

export function makeTimeline<T>(initial: T): Timeline<T> {
  let steps: { readonly since: number; readonly value: T }[] = [];
  let value = initial;
  let first = initial;
  return {
    now: () => value,
    at: (time) => {
      let seen = first;
      for (const step of steps) if (step.since <= time) seen = step.value;
      return seen;
    },
    set: (next, since) => {
      value = next;
      if (since === -Infinity) {
        steps = [];
        first = next;
      } else steps.push({ since, value: next });
    },
  };
}
