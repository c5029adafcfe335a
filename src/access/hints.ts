import { runOrAskSupport } from './messages/requests.ts';

/** A hint, and the answers of a cloud that it is for. */
export interface HintRule<A> {
  readonly applies: (answer: A) => boolean;
  readonly hint: string | ((answer: A) => string);
}

/**
 * Advice on a refused request, by the first rule that applies. Never empty: an error always says what to do.
 *
 * @param of the cloud, as people call it
 */
export function hintBy<A>(rules: readonly HintRule<A>[], answer: A, of: string): string {
  const { hint = runOrAskSupport(of) } = rules.find(({ applies }) => applies(answer)) ?? {};
  return typeof hint === 'string' ? hint : hint(answer);
}
