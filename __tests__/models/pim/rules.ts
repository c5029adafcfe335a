import type { Protocol } from '../../../src/access/leases/protocol/protocol.ts';
import type { Answer, Ask } from '../../../src/azure/leases/pim/steps/asks.ts';
import type { Constants } from '../../../src/azure/leases/pim/steps/constants.ts';
import type * as shipped from './shipped.ts';
import type { Memory, Options, Role, Stored, World } from './world.ts';

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
  const { holderProtocol, revocationProtocol } = steps;
  const ends = options.cast.map(({ end }) => end);
  return {
    options,
    steps,
    constants: unwritten({
      ...options.durations,
      margin: unit / 2,
      lookAgain: 1,
      mostAgain: 2,
      mostUnlisted: 1,
      youngest: unit / 4,
      trace: unit / 4,
    }),
    protocols: {
      holder: holderProtocol,
      revoke: revocationProtocol,
    },
    lastUnit: Math.max(...ends, typeof options.foreign === 'number' ? options.foreign : 0) + 2,
  };
}

/** The same in every state: left out of its text. */
function unwritten<T extends object>(value: T): T {
  return Object.defineProperty(value, 'toJSON', { value: () => undefined });
}

export function initial({ options }: Rules): World {
  return {
    today: 0,
    stored: storedWith(options.foreign),
    before: [],
    strays: [],
    parties: options.cast.map(() => ({
      stage: 'waiting',
      saved: null,
      place: null,
      flight: null,
      outcome: null,
    })),
    left: options.faults,
    overruled: false,
  };
}

function storedWith(foreign: Options['foreign']): Stored {
  if (foreign === null) return { schedule: null, requests: [] };
  const end = foreign === 'permanent' ? null : foreign * unit;
  return {
    schedule: { start: -unit, end, young: false, request: 'foreign' },
    requests: [{ name: 'foreign', type: 'assign', holder: '', standing: 'active', end, day: 0 }],
  };
}
