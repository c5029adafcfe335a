/** How long things take and may take, in milliseconds. What the order between them has to be stands at each. */
export interface Constants {
  /**
   * A request is sent within this of the beginning of the look that it rests on. The list of what runs takes half a minute at
   * times, and no other shows when an access ends. Source: docs/design/azure.md#pim-lists.
   */
  readonly fresh: number;
  /** A request that was sent is carried out within this, or never. */
  readonly flight: number;
  /** Lists show every change that is older. Nobody documents it: it is taken to be as for role assignments. */
  readonly readLag: number;
  /** Whoever asks beside others believes a look that is so much younger: longer than `fresh`, `flight` and two `readLag`. */
  readonly settle: number;
  /** Clocks differ, and a request takes its time: around every end. */
  readonly margin: number;
  /** Before something is tried again that somebody else is in the way of. */
  readonly lookAgain: number;
  /** So often it is tried beside something that no list shows. */
  readonly mostAgain: number;
  /** So often a schedule is looked for that an own request has made: two minutes long. */
  readonly mostUnlisted: number;
  /** No access can be ended in its first so many. Source: docs/design/azure.md#the-first-five-minutes. */
  readonly youngest: number;
  /** By so much an access is extended at least: by that others see that somebody relies on it. */
  readonly trace: number;
}

const second = 1_000;
const minute = 60 * second;

export const constants: Constants = {
  fresh: 48 * second,
  flight: 10 * second,
  readLag: 10 * second,
  settle: 80 * second,
  margin: minute,
  lookAgain: 10 * second,
  mostAgain: 6,
  mostUnlisted: 12,
  youngest: 5 * minute,
  trace: minute,
};
