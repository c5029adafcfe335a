import type { Log } from '../../src/access/tools.ts';

/** Messages of a log, in order. */
type Said =
  | { readonly level: 'info' | 'notice' | 'warning' | 'debug'; readonly line: string }
  | { readonly level: 'group'; readonly line: string; readonly lines: readonly string[] };

export interface FakeLog extends Log {
  /** Everything that was said, `info: …`, in order; of a group its title. */
  readonly lines: readonly string[];
  /** Messages of one level; of groups their titles. */
  readonly at: (level: keyof Log) => readonly string[];
  /** The lines of the groups with this title. */
  readonly inGroup: (title: RegExp) => readonly string[];
}

export function createFakeLog(): FakeLog {
  const said: Said[] = [];
  const to =
    (level: Exclude<keyof Log, 'group'>) =>
    (line: string): void => {
      said.push({ level, line });
    };
  return {
    info: to('info'),
    notice: to('notice'),
    warning: to('warning'),
    debug: to('debug'),
    group: (title, lines) => {
      said.push({ level: 'group', line: title, lines });
    },
    get lines() {
      return said.map(({ level, line }) => `${level}: ${line}`);
    },
    at: (level) => said.filter((it) => it.level === level).map(({ line }) => line),
    inGroup: (title) => said.flatMap((it) => (it.level === 'group' && title.test(it.line) ? it.lines : [])),
  };
}
