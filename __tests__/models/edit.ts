import type { FileEdit } from '../../mutations/edit.ts';

/** A rule of a protocol that is removed, and the promise that breaks then. */
export interface Mutation<Options> {
  readonly rule: string;
  /** None where the world itself removes the rule. */
  readonly edits: readonly FileEdit[];
  readonly world: Options;
  /** Beginning of the broken promise's text. */
  readonly breaks: string;
  /** Its world is too large for the ordinary tests: `npm run explore` has it. */
  readonly isLong?: true;
}

/** Makes edits; files are named from a folder, without their ending. */
interface Edits {
  readonly beginWith: (file: string, symbol: string, statements: string) => FileEdit;
  readonly setValue: (file: string, symbol: string, to: string) => FileEdit;
  readonly setCondition: (file: string, symbol: string, about: string, to: string) => FileEdit;
  readonly setArgument: (file: string, symbol: string, of: string, index: number, to: string) => FileEdit;
}

export function editsIn(folder: string): Edits {
  const path = (file: string): string => `${folder}/${file}.ts`;
  return {
    beginWith: (file, symbol, statements) => ({ file: path(file), symbol, do: 'begin-with', statements }),
    setValue: (file, symbol, to) => ({ file: path(file), symbol, do: 'set-value', to }),
    setCondition: (file, symbol, about, to) => ({ file: path(file), symbol, do: 'set-condition', about, to }),
    setArgument: (file, symbol, of, index, to) => ({ file: path(file), symbol, do: 'set-argument', of, index, to }),
  };
}
