import { constants as common, type Constants as Common } from '../../steps/constants.ts';

/**
 * The same for requests, and further ones. `fresh` is longer: the list of active access sometimes takes half a minute, and
 * no other list shows when access ends. Source: docs/design/azure.md#pim-lists. The lag of lists is not documented: it is
 * assumed to be the same as for role assignments.
 */
export interface Constants extends Common {
  /** Maximum number of tries beside a conflicting access or request that no list shows. */
  readonly mostAgain: number;
  /** Maximum number of looks for a schedule that a request has made: two minutes. */
  readonly mostUnlisted: number;
  /** Minimum age at which access can be ended. Source: docs/design/azure.md#the-first-five-minutes. */
  readonly youngest: number;
  /** Minimum extension of existing access, by which others see its new holder. */
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
