import type { Budget, Clock } from '#access/clock';
import type { IdentityToken, IdentityTokens } from '#access/identity-token';

/** An ID token is given up this long before it ends, in milliseconds: clocks differ, and requests take time. */
const marginMs = 60_000;

/** The job's ID token, minted anew when it is about to end. */
export interface Assertions {
  get(budget: Budget): Promise<IdentityToken>;
  /** This token was refused: the next one is a new one, if this is still the one that is known. */
  forget(refused: IdentityToken): void;
}

/** One token serves every exchange until a minute before it ends: the token endpoint takes it more than once. */
export function createAssertions(tokens: IdentityTokens, audience: string, clock: Clock): Assertions {
  let current: { readonly token: Promise<IdentityToken>; goodUntil: number; is: IdentityToken | null } | null = null;
  return {
    get(budget) {
      if (current !== null && clock.now() < current.goodUntil) return current.token;
      const minted = {
        token: tokens.mint(audience, budget),
        goodUntil: Number.POSITIVE_INFINITY,
        is: null as IdentityToken | null,
      };
      current = minted;
      return minted.token.then(
        (token) => {
          minted.is = token;
          minted.goodUntil = Number(token.claims['exp'] ?? 0) * 1000 - marginMs;
          return token;
        },
        (error: unknown) => {
          if (current === minted) current = null;
          throw error;
        },
      );
    },
    forget(refused) {
      if (current?.is === refused) current = null;
    },
  };
}
