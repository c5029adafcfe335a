import type { Protocol } from '../../../src/access/leases/protocol/protocol.ts';
import type { Answer, Ask } from '../../../src/azure/leases/steps/asks.ts';
import type { Constants } from '../../../src/azure/leases/steps/constants.ts';
import type * as shipped from './shipped.ts';
import type { Memory, Options, Role, World } from './world.ts';

export type Steps = typeof shipped;

/** The constant part of a world while it is explored. */
export interface Rules {
  readonly options: Options;
  readonly steps: Steps;
  readonly constants: Constants;
  readonly protocols: Readonly<Record<Role, Protocol<Memory, Ask, Answer, unknown>>>;
  readonly lastUnit: number;
}

/** A unit of the date in which leases end. */
export const unit = 1_000;

export function rulesOf(options: Options, steps: Steps): Rules {
  const { holderProtocol, sweepProtocol, permanentProtocol, revocationProtocol } = steps;
  const sweep = sweepProtocol as unknown as Rules['protocols']['sweep'];
  return {
    options,
    steps,
    constants: { ...options.durations, margin: unit / 2, lookAgain: 0 },
    protocols: {
      holder: holderProtocol,
      sweep,
      'last-sweep': sweep,
      permanent: permanentProtocol,
      revoke: revocationProtocol,
    },
    lastUnit: Math.max(...options.cast.map(({ end }) => end)) + 1,
  };
}

export function initial({ options }: Rules): World {
  return {
    today: 0,
    assignment: options.permanent ? { name: 1, entries: null } : null,
    before: [],
    strays: [],
    parties: options.cast.map(() => ({ stage: 'waiting', saved: null, place: null, flight: null, outcome: null })),
    left: options.faults,
    overruled: false,
    madePermanent: options.permanent,
  };
}
