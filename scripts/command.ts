import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Tells how a script is called, and why this call was not so; ends the process, without a stack. */
export function misused(usage: string, why: string): never {
  console.error(`${why}\n\n${usage}`);
  return exit(2);
}

type Options = NonNullable<ParseArgsConfig['options']>;

interface Called<Known extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ readonly options: Known }>>['values'];
  readonly positionals: readonly string[];
}

/**
 * What a script was called with. `--help` (`-h`) tells how it is used, and so does a call that it cannot read.
 *
 * @param usage an example for each way of calling it, and a line for each option
 * @param allowPositionals it takes words without an option
 */
export function commandLine<const Known extends Options>(
  usage: string,
  options: Known,
  allowPositionals = false,
): Called<Known> {
  if (process.argv.slice(2).some((it) => it === '--help' || it === '-h')) {
    console.log(usage);
    return exit(0);
  }
  try {
    return parseArgs({ allowPositionals, options });
  } catch (error) {
    return misused(usage, (error as Error).message);
  }
}

function exit(code: number): never {
  // eslint-disable-next-line no-restricted-properties -- nothing has used the network yet
  return process.exit(code);
}
