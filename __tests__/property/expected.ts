/** Result of a step's texts, before any change. */
export type Outcome =
  /** Reported before any request; the faulty inputs. */
  | { readonly kind: 'fault'; readonly inputs: readonly string[] }
  /** Reported from the cloud's data; the texts that must be named. */
  | { readonly kind: 'refusal'; readonly about: readonly string[] }
  /** The grants, each in the words of its oracle, sorted; and the omitted ones, which a notice must name. */
  | { readonly kind: 'grants'; readonly grants: readonly string[]; readonly leftOut: readonly string[] };

export function fault(...inputs: readonly string[]): Outcome {
  return { kind: 'fault', inputs: [...new Set(inputs)].sort() };
}

export function refusal(...about: readonly string[]): Outcome {
  return { kind: 'refusal', about };
}

export function grants(all: Iterable<string>, leftOut: readonly string[] = []): Outcome {
  return { kind: 'grants', grants: [...new Set(all)].sort(), leftOut: [...leftOut].sort() };
}

/** The lines of an input as the contract has them: trimmed, empty ones ignored. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
