/** Prints how large the source is, and in what pieces, beside what it should be. Fails where a limit that was reached once is exceeded. */
import { readFileSync } from 'node:fs';
import { mutations } from '../mutations/mutations.ts';
import { commandLine } from './command.ts';
import { messageFiles } from './prose/texts.ts';
import { tierOf, type Tier } from './proof/tiers.ts';
import { sourcesIn } from './sources.ts';

commandLine(`npm run shape\n\n  no options: it reads the current folder`, {});

interface Figure {
  readonly what: string;
  readonly now: number;
  readonly goal: number;
  /** True if the goal was reached once, so that more than it fails. */
  readonly isHeld: boolean;
  /** The parts of the number, which explain a missed goal. */
  readonly parts?: ReadonlyMap<string, number>;
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  return { path, text, lines: text.split('\n').length - 1 };
}

const src = sourcesIn('src').map(read);
const tests = sourcesIn('__tests__').filter((path) => path.endsWith('.test.ts'));
const countOf = (sources: readonly Source[], is: (source: Source) => boolean): number => sources.filter(is).length;
const climbs = /from '(?:\.\.\/){3}/gu;

const messages = new Set(messageFiles());

/** Each line of a file by what it is. An import can have several lines. */
function kindsOf({ path, text }: Source): readonly string[] {
  const rest = messages.has(path) ? 'messages' : 'code';
  const withoutImports = text.replaceAll(/^import [^;]*;/gmu, (lines) => lines.replaceAll(/^.*/gmu, '\0'));
  return withoutImports
    .split('\n')
    .slice(0, -1)
    .map((line) => (line === '\0' ? 'imports' : /^\s*(?:$|\/[/*]|\*)/u.test(line) ? 'comments and blank' : rest));
}

function counted(kinds: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => [kind, length]));
}

/** Numbers of files by layer, those of messages apart. */
const byLayer = (sources: readonly Source[]): ReadonlyMap<string, number> =>
  counted(
    sources.map(({ path }) => (messages.has(path) ? 'messages' : (/^src\/(\w+)\//u.exec(path)?.[1] ?? 'wiring'))),
  );

const small = src.filter(({ lines }) => lines <= 30);

const figures: readonly Figure[] = [
  {
    what: 'lines of src',
    now: src.reduce((sum, { lines }) => sum + lines, 0),
    goal: 28_500,
    isHeld: false,
    parts: counted(src.flatMap(kindsOf)),
  },
  { what: 'files of src', now: src.length, goal: 270, isHeld: false, parts: byLayer(src) },
  { what: 'files of 30 lines or fewer', now: small.length, goal: 15, isHeld: false, parts: byLayer(small) },
  { what: 'files of more than 300 lines', now: countOf(src, ({ lines }) => lines > 300), goal: 0, isHeld: false },
  {
    what: 'imports that climb three folders',
    now: src.reduce((sum, { text }) => sum + [...text.matchAll(climbs)].length, 0),
    goal: 0,
    isHeld: true,
  },
  { what: 'kept mutations', now: mutations.length, goal: 30, isHeld: true },
];

for (const { what, now, goal, parts } of figures) {
  console.log(`${what.padEnd(34)} ${String(now).padStart(7)}   goal ${goal}${now > goal ? ', missed' : ''}`);
  if (now > goal && parts !== undefined)
    for (const [part, count] of parts) console.log(`  ${part.padEnd(32)} ${String(count).padStart(7)}`);
}
const inTier = (tier: Tier): string => `${tests.filter((path) => tierOf(path) === tier).length} by ${tier}`;
console.log(`files of tests: ${(['quick', 'full', 'nightly'] as const).map(inTier).join(', ')}`);

const exceeded = figures.filter(({ now, goal, isHeld }) => isHeld && now > goal);
for (const { what, now, goal } of exceeded)
  console.error(`There are ${now} ${what}: no more than ${goal} are allowed.`);
process.exitCode = exceeded.length === 0 ? 0 : 1;
