/** Where the domain says what it does. Lines are plain text; whoever implements this makes foreign text harmless. */
export interface Log {
  info(line: string): void;
  /** An annotation of what is as it should be, and is to be seen nevertheless. */
  notice(line: string): void;
  warning(line: string): void;
  /** Lines that belong together, folded under a title. */
  group(title: string, lines: readonly string[]): void;
  /** Shown only when the runner's debug log is on. */
  debug(line: string): void;
}
