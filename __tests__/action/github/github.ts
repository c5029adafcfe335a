import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, jest } from '@jest/globals';

import { parseEntries } from '../../../rehearsal/runner/command-files.ts';

/** GitHub's side of one step: command files, and printed output. */
export interface GitHub {
  /** Outputs as set so far, the last value of each. */
  readonly outputs: () => Readonly<Record<string, string>>;
  readonly state: () => Readonly<Record<string, string>>;
  readonly summary: () => string;
  /** Lines on stdout so far. */
  readonly printed: () => readonly string[];
  /** Forgets earlier output. */
  readonly clear: () => void;
}

/** Replaces GitHub in all tests of a file, each of which begins with nothing written. */
export function useGitHub(): GitHub {
  let opened: OpenGitHub | null = null;
  const github = (): OpenGitHub => {
    if (opened === null) throw new Error('GitHub is there while tests run, and not before');
    return opened;
  };
  beforeAll(() => {
    opened = openGitHub();
  });
  beforeEach(() => {
    github().clear();
  });
  afterAll(() => {
    github().close();
  });
  return {
    outputs: () => github().outputs(),
    state: () => github().state(),
    summary: () => github().summary(),
    printed: () => github().printed(),
    clear: () => {
      github().clear();
    },
  };
}

interface OpenGitHub extends GitHub {
  readonly close: () => void;
}

function openGitHub(): OpenGitHub {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-access-test-'));
  const names = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;
  const before = names.map((name) => process.env[name]);
  for (const name of names) {
    process.env[name] = join(folder, name);
    writeFileSync(join(folder, name), '');
  }
  let text = '';
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const file = (name: (typeof names)[number]): string => readFileSync(join(folder, name), 'utf8');
  return {
    outputs: () => parseEntries('GITHUB_OUTPUT', file('GITHUB_OUTPUT')).values,
    state: () => parseEntries('GITHUB_STATE', file('GITHUB_STATE')).values,
    summary: () => file('GITHUB_STEP_SUMMARY'),
    printed: () => text.split('\n').filter((line) => line !== ''),
    clear: () => {
      text = '';
      for (const name of names) writeFileSync(join(folder, name), '');
    },
    close: () => {
      stdout.mockRestore();
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[index];
      }
      rmSync(folder, { recursive: true });
    },
  };
}
