/** Lets so many in at a time, in the order of their coming. */
export interface Limiter {
  enter(): Promise<void>;
  leave(): void;
}

export function createLimiter(most: number): Limiter {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    enter() {
      if (inside < most) {
        inside += 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    },
  };
}
