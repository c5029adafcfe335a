/** One text of the shipped source that is replaced. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** @param file without its ending */
export function edit(file: string, find: string, replace: string): Edit {
  return { file: `${file}.ts`, find, replace };
}

/** A rule of a protocol that is taken away, and the promise that breaks then. */
export interface Mutation<Options> {
  readonly rule: string;
  readonly edits: readonly Edit[];
  readonly world: Options;
  /** How the promise that breaks begins; `null` where no exploration has shown that one does. */
  readonly breaks: string | null;
}
