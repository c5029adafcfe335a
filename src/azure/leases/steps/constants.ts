/** Durations in milliseconds. Each comment has the required order between them. */
export interface Constants {
  /** Maximum time from the beginning of a read to the write that is based on it. */
  readonly fresh: number;
  /** A request that was sent takes effect within this, or never. */
  readonly flight: number;
  /** Reads show every change that is older than this. */
  readonly readLag: number;
  /** Time after a write beside others from which a read is believed: longer than `fresh`, `flight` and two `readLag`. */
  readonly settle: number;
  /** Margin around every end of a lease, for clocks that differ and the time that a request needs. */
  readonly margin: number;
  /** Maximum wait before a write is repeated that another job's write has overtaken, so that twenty at once succeed. */
  readonly lookAgain: number;
}

const second = 1_000;
const minute = 60 * second;

export const constants: Constants = {
  fresh: 3 * second,
  flight: 10 * second,
  readLag: 10 * second,
  settle: 35 * second,
  margin: minute,
  lookAgain: second,
};
