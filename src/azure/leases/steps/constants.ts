/** How long things take and may take, in milliseconds. What the order between them has to be stands at each. */
export interface Constants {
  /** A write is sent within this of the beginning of the read that it rests on. */
  readonly fresh: number;
  /** A request that was sent is carried out within this, or never. */
  readonly flight: number;
  /** Reads show every change that is older. */
  readonly readLag: number;
  /** Whoever writes beside others believes a read that is so much younger: longer than `fresh`, `flight` and two `readLag`. */
  readonly settle: number;
  /** Clocks differ, and a request takes its time: around every end of a lease. */
  readonly margin: number;
  /** Before a write is repeated that somebody else's has overtaken: up to so long, so that twenty at once get through. */
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
