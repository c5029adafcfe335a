/** A hint, and which answers of a cloud it is for. */
export interface HintRule<A> {
  readonly applies: (answer: A) => boolean;
  readonly hint: string | ((answer: A) => string);
}

/**
 * What to do about a refused request, by the first rule that applies. Never empty: a person who reads an error wants to
 * know what to do.
 *
 * @param of the cloud, as people call it
 */
export function hintBy<A>(rules: readonly HintRule<A>[], answer: A, of: string): string {
  const again = `Run the step again; if that does not help, ask ${of} support, with the request id.`;
  const { hint = again } = rules.find(({ applies }) => applies(answer)) ?? {};
  return typeof hint === 'string' ? hint : hint(answer);
}
