import { describe, expect, test } from '@jest/globals';

import { parseCommand } from '../../rehearsal/runner/commands.ts';
import { log, logError, logGroup } from '../../src/action/log.ts';
import { useGitHub } from './github/github.ts';

const github = useGitHub();

const hostile = 'x\n::add-path::/evil\r\n##[add-path]/evil %0A::add-path::/evil';

describe('log', () => {
  test.each(['warning', 'debug'] as const)('%s is one command with the whole text', (level) => {
    log[level](hostile);
    expect(github.printed()).toHaveLength(1);
    expect(parseCommand(github.printed()[0] ?? '')).toMatchObject({ name: level });
  });

  test('info is one line and no command', () => {
    for (const text of [hostile, '::add-path::/evil', ' ::error::x', 'a ##[error]x']) {
      github.clear();
      log.info(text);
      expect(github.printed()).toHaveLength(1);
      expect(parseCommand(github.printed()[0] ?? '')).toBeNull();
    }
  });

  test('an error keeps its lines together, and its title is one', () => {
    logError(`title: ${hostile}, x=y`, ['one', hostile]);
    expect(github.printed()).toHaveLength(1);
    expect(parseCommand(github.printed()[0] ?? '')?.value.split('\n')).toHaveLength(2);
  });

  test('a group folds its lines', () => {
    logGroup('Details', ['one', hostile]);
    expect(github.printed().map((line) => parseCommand(line)?.name ?? null)).toEqual(['group', null, null, 'endgroup']);
  });
});
