import * as core from '@actions/core';
import type { Log } from '#access/tools';
import { harmless } from './text.ts';

/** The step's log on GitHub. Whatever is said is one harmless line. */
export const log: Log = {
  notice: (line) => {
    core.notice(harmless(line));
  },
  info: (line) => {
    core.info(harmless(line));
  },
  warning: (line) => {
    core.warning(harmless(line));
  },
  group: logGroup,
  debug: (line) => {
    core.debug(harmless(line));
  },
};

/** Lines that belong together, folded under a title. */
export function logGroup(title: string, lines: readonly string[]): void {
  core.startGroup(harmless(title));
  for (const line of lines) core.info(harmless(line));
  core.endGroup();
}

/** An annotation that turns the step red to the eye; the exit code is set elsewhere. */
export function logError(title: string, lines: readonly string[]): void {
  core.error(lines.map(harmless).join('\n'), { title: harmless(title) });
}
