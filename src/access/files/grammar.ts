import type { Parsed } from '../declaration.ts';
import type { GrantProperties } from '../grant.ts';
import type { Line, Part } from '../request.ts';

/** The rules for the values of access files that depend on the cloud and on the inputs of the step. */
export interface FileGrammar {
  /** Input `cloud`, which each file has to repeat. */
  readonly cloud: string;
  /** Parses a line; its problems may quote the line, so files never show them. */
  readonly line: (part: Part, text: string) => Parsed<Line>;
  /** Parses a line of `target` that began with `!`, without it. */
  readonly exclusion: (text: string) => Parsed<Line>;
  /** True if a line is allowed with `require-ids`. */
  readonly isAllowed: (line: Line) => boolean;
  /** Properties that a row can have besides those of every cloud. */
  readonly rowProperties: readonly (keyof GrantProperties)[];
  readonly principalTypes: readonly string[];
  /** The types of principals in `owns` that names none; `null` for all. */
  readonly ownedPrincipalTypes: readonly string[] | null;
  /** True if targets have others below them that a line does not name. */
  readonly belowTargets: boolean;
  /** A correct line of each part. */
  readonly examples: Readonly<Record<Part, string>>;
}

/** Maximum size of one file, in bytes. */
export const maxFileBytes = 1024 * 1024;
/** Maximum number of files of one step. */
export const maxFiles = 100;
/** Maximum size of all files of one step together, in bytes: reading them takes seconds for each MiB at worst. */
export const maxAllFileBytes = 8 * maxFileBytes;
/** Maximum number of grants of all files of one step, before look-ups. */
export const maxFileGrants = 100_000;
