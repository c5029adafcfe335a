/** A world that is explored to its end, and holds. */
export interface NamedWorld<Options> {
  readonly name: string;
  readonly options: Options;
  /** It takes too long for the ordinary tests: `npm run explore` has it. */
  readonly isLong: boolean;
}

/** Names of worlds in a catalogue. */
interface Naming<Setting, Options> {
  readonly short: (name: string, setting: Setting) => NamedWorld<Options>;
  readonly long: (name: string, setting: Setting) => NamedWorld<Options>;
}

export function naming<Setting, Options>(world: (setting: Setting) => Options): Naming<Setting, Options> {
  const named =
    (isLong: boolean) =>
    (name: string, setting: Setting): NamedWorld<Options> => ({ name, options: world(setting), isLong });
  return { short: named(false), long: named(true) };
}
