/** The clock that everything in a rehearsal goes by. */
export interface Clock {
  readonly mode: 'virtual' | 'real';
  /** Milliseconds since the epoch on this clock. */
  now(): number;
  /** A timer in this process on this clock; the returned function cancels it. It moves the clock only on behalf of others: a process under the clock, or a `sleep`. */
  schedule(ms: number, action: () => void): () => void;
  /** Waits on this clock; a waiting caller is a reason for the clock to move. */
  sleep(ms: number): Promise<void>;
  /** Moves the clock at once, with any work in progress; due timers on the way fire in order. In real mode it waits. */
  advance(ms: number): Promise<void>;
  /** Environment of a child process that lives under this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** A request that the script delays began (1) or ended (-1): it does not count as work in flight. */
  stalled(delta: 1 | -1): void;
  /** Keeps the clock from moving until the returned function is called. */
  hold(): () => void;
  /** A process was started: the clock waits until it has reported, and again from the end of its connection until the returned function is called, at its end. */
  expect(pid: number): () => void;
  /**
   * A process was suspended: the clock moves on without it. The returned function is called when it runs again: it gets
   * the time at once.
   */
  suspend(pid: number): () => void;
  /** For people: why the clock does not move. */
  describe(): string;
  close(): Promise<void>;
}
