import { digest } from '../../order.ts';
import type { Call } from '../call.ts';
import { conflict } from './refusals.ts';

/** Client tokens that have been used, and for what. */
export interface Tokens {
  /** True if this very request has been carried out before; with other parameters it is a conflict. */
  repeated(call: Call): boolean;
  used(call: Call): void;
}

/** The lifetime of a token is unverified: here forever. */
export function makeTokens(): Tokens {
  const seen = new Map<string, string>();
  const nameOf = ({ caller, region, operation, input }: Call): string | undefined => {
    const token = input['ClientToken'];
    return typeof token === 'string' ? `${caller.accountId} ${region} ${operation} ${token}` : undefined;
  };
  const contentOf = ({ input }: Call): string => digest(JSON.stringify(Object.entries(input).sort(byName)));
  return {
    repeated: (call) => {
      const before = seen.get(nameOf(call) ?? '');
      if (before === undefined) return false;
      if (before !== contentOf(call)) throw conflict('The ClientToken has been used before with other parameters.');
      return true;
    },
    used: (call) => {
      const name = nameOf(call);
      if (name !== undefined) seen.set(name, contentOf(call));
    },
  };
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
