import type { Log } from '../../src/access/log.ts';

export interface FakeLog extends Log {
  /** Everything that was said, `info: …`, in order. */
  readonly lines: readonly string[];
  /** What was said at one level. */
  readonly at: (level: keyof Log) => readonly string[];
}

export function createFakeLog(): FakeLog {
  const said: { readonly level: keyof Log; readonly line: string }[] = [];
  const to =
    (level: keyof Log) =>
    (line: string): void => {
      said.push({ level, line });
    };
  return {
    info: to('info'),
    warning: to('warning'),
    debug: to('debug'),
    get lines() {
      return said.map(({ level, line }) => `${level}: ${line}`);
    },
    at: (level) => said.filter((it) => it.level === level).map(({ line }) => line),
  };
}
