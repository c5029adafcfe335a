import { constants as common, type Constants as Common } from '../../steps/constants.ts';

/**
 * The same of requests, and what else there is. `fresh` is longer: the list of what runs takes half a minute at times, and
 * no other shows when an access ends. Source: docs/design/azure.md#pim-lists. Nobody documents how long lists lag: it is
 * taken to be as for role assignments.
 */
export interface Constants extends Common {
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
  ...common,
  fresh: 48 * second,
  settle: 80 * second,
  lookAgain: 10 * second,
  mostAgain: 6,
  mostUnlisted: 12,
  youngest: 5 * minute,
  trace: minute,
};
