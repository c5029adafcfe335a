/**
 * Writes the parts of README.md that repeat another file: the tables of inputs and outputs from action.yml, the policies
 * from docs/policies. Each stands between `<!-- begin: name -->` and `<!-- end: name -->`. With `--check` it writes
 * nothing and fails where a part is not what the file says. Works on the current folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

interface ActionInput {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, ActionInput>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/gu, ' ').trim()).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function inputsTable({ inputs }: Action): string {
  const fallback = (input: ActionInput): string => {
    if (input.required === true) return '**required**';
    return input.default === undefined ? '' : `\`${input.default}\``;
  };
  const rows = Object.entries(inputs).map(([name, input]) => [`\`${name}\``, fallback(input), input.description]);
  return table(['Input', 'Default', 'Meaning'], rows);
}

function outputsTable({ outputs }: Action): string {
  const rows = Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description]);
  return table(['Output', 'Meaning'], rows);
}

function policy(name: string): string {
  return `\`\`\`json\n${readFileSync(`docs/policies/${name}`, 'utf8').trimEnd()}\n\`\`\``;
}

/** What belongs between the markers of this name. */
function part(name: string, action: Action): string {
  if (name === 'inputs') return inputsTable(action);
  if (name === 'outputs') return outputsTable(action);
  if (/^[\w-]+\.json$/u.test(name)) return policy(name);
  throw new Error(`README.md has a marker "${name}", which nothing is known about.`);
}

const readme = readFileSync('README.md', 'utf8');
const action = parse(readFileSync('action.yml', 'utf8')) as Action;
const outdated: string[] = [];
const written = readme.replaceAll(
  /(?<begin><!-- begin: (?<name>\S+) -->\n)(?<old>[^]*?)(?<end>\n<!-- end: \k<name> -->)/gu,
  (_whole, begin: string, name: string, old: string, end: string) => {
    const now = part(name, action);
    if (now !== old) outdated.push(name);
    return `${begin}${now}${end}`;
  },
);

if (!process.argv.includes('--check')) {
  writeFileSync('README.md', written);
} else if (outdated.length > 0) {
  console.log(`README.md is not up to date: ${outdated.join(', ')}. Run \`npm run docs\`.`);
  process.exitCode = 1;
} else {
  console.log('README.md says what action.yml and docs/policies say.');
}
