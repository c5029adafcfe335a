import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userDocuments, withoutGenerated } from './texts.ts';

export interface Figure {
  readonly what: string;
  readonly now: number;
  readonly goal: number;
}

/** A word has a letter or a digit: bars of tables and marks of lists are none. */
function words(text: string): number {
  return text.split(/\s+/u).filter((it) => /[\p{L}\p{N}]/u.test(it)).length;
}

/** Lines that npm prints before the output of a script. */
const linesOfNpm = 4;

/** Lines on the terminal of `npm run rehearse`. It takes about half a minute. */
export function rehearsed(): Figure {
  const { stdout } = spawnSync(process.execPath, ['rehearsal/rehearse.ts'], { encoding: 'utf8' });
  return { what: 'lines of npm run rehearse', now: linesOfNpm + stdout.trimEnd().split('\n').length, goal: 60 };
}

/** How long the documents are that people read. */
export function counts(): readonly Figure[] {
  const readme = readFileSync('README.md', 'utf8');
  const [before = '', example = ''] = readme.split('```yaml\n');
  const all = userDocuments().map((path) => words(withoutGenerated(readFileSync(path, 'utf8'))));
  return [
    { what: 'words of README.md', now: words(readme), goal: 1_800 },
    { what: 'words before its first YAML', now: words(before), goal: 200 },
    { what: 'lines of its first YAML', now: example.slice(0, example.indexOf('```')).split('\n').length - 1, goal: 15 },
    { what: 'words of the documents for users', now: all.reduce((sum, it) => sum + it, 0), goal: 43_000 },
  ];
}
