/**
 * Writes the parts of documents that repeat another file: in docs/reference.md the tables of inputs and outputs from
 * action.yml; in docs/setup-by-hand.md and docs/reusable-workflows.md policies from docs/policies; in docs/signing-in.md the addresses of Azure's clouds
 * from the source; in docs/permissions.md what each policy allows; in docs/design/model.md what was explored; in
 * docs/design/performance.md what was measured; in the templates of setup the policies again. Each stands between
 * `<!-- begin: name -->` and `<!-- end: name -->`, in templates between comments that say the same. docs/proof.md is
 * written whole, from the titles of the tests; rehearsal/estate.schema.json from the schema of estates. With `--check` it writes nothing and fails where a part is not what the
 * file says. Fails also where a promise lacks a test or a mutation. Works on the current folder.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { z } from 'zod';
import { azure } from '../__tests__/models/azure/run.ts';
import type { Figure } from '../__tests__/models/exploration.ts';
import { pim } from '../__tests__/models/pim/run.ts';
import { aws } from '../__tests__/models/run.ts';
import { recorded } from '../bench/recorded.ts';
import { estateSchema } from '../rehearsal/estate.ts';
import { environments, parseEnvironment } from '../src/azure/sign-in/environments.ts';
import { commandLine } from './command.ts';
import { readProof } from './proof.ts';
import { cloudFormation } from './setup/aws.ts';
import { conditionVariable, credentialProperties, roleProperties } from './setup/azure.ts';

const usage = `npm run docs [-- --check]

  --check  writes nothing, and fails where a part is not what its file says`;

const { check } = commandLine(usage, { check: { type: 'boolean', default: false } }).values;

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

function cloudsTable(): string {
  const code = (text: string): string => `\`${text.replace('https://', '')}\``;
  const rows = Object.values(environments).map(({ name, authority, arm, graph }) => {
    const choice = parseEnvironment(name);
    const audience = choice?.kind === 'known' ? choice.idTokenAudience : '';
    return [code(name), code(authority), code(arm), code(graph ?? ''), code(audience)];
  });
  const header = [
    '`azure-environment`',
    'Signs in at',
    'Resource Manager',
    'Microsoft Graph',
    'Audience of the ID token',
  ];
  return table(header, rows);
}

const languages: Readonly<Record<string, string>> = { json: 'json', txt: 'text' };

function policy(name: string, ending: string): string {
  return `\`\`\`${languages[ending] ?? ''}\n${readFileSync(`docs/policies/${name}`, 'utf8').trimEnd()}\n\`\`\``;
}

interface PolicyFile {
  readonly Statement?: readonly { readonly Action: string | readonly string[]; readonly Resource?: unknown }[];
  readonly Actions?: readonly string[];
}

/** What a policy or a role allows; `null` for what is neither: trust, credentials, conditions. */
function allowedBy(name: string): readonly string[] | null {
  if (!name.endsWith('.json')) return null;
  const { Statement, Actions } = JSON.parse(readFileSync(`docs/policies/${name}`, 'utf8')) as PolicyFile;
  if (Actions !== undefined) return Actions;
  const permissions = Statement?.filter(({ Resource }) => Resource !== undefined) ?? [];
  return permissions.length === 0 ? null : [...new Set(permissions.flatMap(({ Action }) => Action))];
}

const isReading = (action: string): boolean => /:(?:List|Describe|Get)[A-Z]|\/read$/u.test(action);

/** Actions as `service: one, two`, so that a service stands there once. */
function byService(actions: readonly string[]): string {
  const parts = actions.map((action) => /^(?<service>[^:/]+)[:/](?<rest>.+)$/u.exec(action)?.groups ?? {});
  const services = Map.groupBy(parts, ({ service = '' }) => service);
  return [...services]
    .map(([service, its]) => `\`${service}\`: ${its.map(({ rest }) => rest).join(', ')}`)
    .join('<br>');
}

/** Every policy of one cloud with the actions that change something. What it reads is in the file. */
function policiesTable(cloud: string): string {
  const rows = readdirSync('docs/policies')
    .filter((name) => name.startsWith('azure-') === (cloud === 'azure'))
    .toSorted()
    .flatMap((name) => {
      const actions = allowedBy(name);
      if (actions === null) return [];
      const changing = actions.filter((action) => !isReading(action));
      return [[`[${name}](policies/${name})`, byService(changing) || 'nothing']];
    });
  return table(['File', 'Changes'], rows);
}

/** What belongs between the markers of this name. */
function part(name: string, action: Action): string {
  if (name === 'inputs') return inputsTable(action);
  if (name === 'outputs') return outputsTable(action);
  if (name === 'azure-clouds') return cloudsTable();
  if (name.startsWith('policies-')) return policiesTable(name.slice('policies-'.length));
  if (name.startsWith('bench-')) return benchTable(name.slice('bench-'.length));
  const those = explored.exec(name)?.groups;
  if (those !== undefined) return worldsTable(those['which'] ?? '', those['of'] ?? '');
  const ending = /^[\w-]+\.(?<ending>json|txt)$/u.exec(name)?.groups?.['ending'];
  if (ending !== undefined) return policy(name, ending);
  throw new Error(`There is a marker "${name}", which nothing is known about.`);
}

const explored = /^(?:(?<of>azure|pim)-)?(?<which>short|long|beyond)-worlds$/u;

/** What was explored to its end, and how far what was not. */
function worldsTable(which: string, of: string): string {
  const { worlds: all, figures: file } = of === 'azure' ? azure : of === 'pim' ? pim : aws;
  const figures = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Figure>>;
  const rows = all.flatMap(({ name, isLong }) => {
    const figure = figures[name];
    const isWanted = which === 'beyond' ? figure?.exhausted === false : figure?.exhausted === true;
    if (figure === undefined || !isWanted || (which !== 'beyond' && isLong !== (which === 'long'))) return [];
    const held = figure.fault === null ? name : `${name}: **${figure.fault}**`;
    return [[held, ...[figure.states, figure.transitions, figure.depth].map((it) => it.toLocaleString('en-US'))]];
  });
  return table(['World', 'States', 'Transitions', 'Depth'], rows);
}

/** A part of the benchmark as it was recorded last, and on what machine; before that, how to record it. */
function benchTable(name: string): string {
  const figures = recorded()[name];
  if (figures === undefined) return `Not recorded yet: \`npm run bench ${name} -- --record\` records it.`;
  const verdict = (met: boolean | null): string => (met === null ? '' : met ? 'met' : '**missed**');
  const rows = figures.rows.map(({ what, figure, goal, met }) => [what, figure, goal, verdict(met)]);
  return `${table(['Measured', 'Figure', 'Goal', ''], rows)}\n\n${figures.machine}`;
}

/** What belongs between the markers of a template: a policy, and what it is made with. */
function templatePart(file: string, name: string, argument: string | undefined): string {
  const text = readFileSync(`docs/policies/${name}`, 'utf8');
  if (file.endsWith('.yaml')) return cloudFormation(text);
  if (name.endsWith('.txt')) return conditionVariable(argument ?? '', text);
  return name.startsWith('azure-credential-') ? credentialProperties(text) : roleProperties(text);
}

const action = parse(readFileSync('action.yml', 'utf8')) as Action;
const outdated: string[] = [];

/** Writes what stands between markers anew; in a template it stands as deep as they do. */
function rewrite(file: string, markers: RegExp, made: (name: string, argument: string | undefined) => string): void {
  const text = readFileSync(file, 'utf8');
  const written = text.replaceAll(markers, (...match) => {
    const { begin, indent = '', name, argument, old, end } = match.at(-1) as Readonly<Record<string, string>>;
    const now = made(name ?? '', argument).replaceAll(/^(?=.)/gmu, indent);
    if (`${now}\n` !== old) outdated.push(`${name ?? ''} in ${file}`);
    return `${begin ?? ''}${now}\n${end ?? ''}`;
  });
  if (!check) writeFileSync(file, written);
}

const inDocument = /(?<begin><!-- begin: (?<name>\S+) -->\n)(?<old>[^]*?)(?<end><!-- end: \k<name> -->)/gu;
const inTemplate =
  /(?<begin>^(?<indent> *)(?:#|\/\/) begin: (?<name>\S+)(?: (?<argument>\w+))?\n)(?<old>[^]*?)(?<end>^ *(?:#|\/\/) end: \k<name>$)/gmu;

for (const file of [
  'docs/reference.md',
  'docs/design/model.md',
  'docs/design/performance.md',
  'docs/permissions.md',
  'docs/reusable-workflows.md',
  'docs/setup-by-hand.md',
  'docs/signing-in.md',
])
  rewrite(file, inDocument, (name) => part(name, action));
for (const name of ['aws.yaml', ...readdirSync('setup').filter((it) => it.endsWith('.bicep'))])
  rewrite(`setup/${name}`, inTemplate, (policy, argument) => templatePart(name, policy, argument));

function rewriteWhole(file: string, now: string): void {
  if (now !== readFileSync(file, 'utf8')) outdated.push(file);
  if (!check) writeFileSync(file, now);
}

// What people may leave out of a file is put in before it is checked: `input` is what they write.
const schema = JSON.stringify(z.toJSONSchema(estateSchema, { target: 'draft-7', io: 'input' }));
const style = await resolveConfig(import.meta.filename);
rewriteWhole('rehearsal/estate.schema.json', await format(schema, { ...style, parser: 'json' }));

// Where there are no tests, as in a copy of the documents alone, nothing is known of what they prove.
const proof = existsSync('__tests__/scenario') ? readProof() : null;
const faults = proof?.faults ?? [];
if (proof !== null) rewriteWhole('docs/proof.md', proof.page);

if (faults.length > 0) console.log(`The tests do not prove every promise:\n${faults.join('\n')}`);
if (!check) {
  console.log('Written.');
} else if (outdated.length > 0) {
  console.log(`Not up to date: ${outdated.join(', ')}. Run \`npm run docs\`.`);
} else {
  console.log('The documents say what action.yml, docs/policies, the recorded figures, the source and the tests say.');
}
if (faults.length > 0 || (check && outdated.length > 0)) process.exitCode = 1;
