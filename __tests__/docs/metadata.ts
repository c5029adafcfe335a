import { icons } from './icons.ts';

/**
 * A small schema of action.yml for a JavaScript action: the keys that the runner and the Marketplace know.
 * Source: GitHub Docs, metadata syntax; actions/runner, action_yaml.json.
 */
const known = {
  action: ['name', 'description', 'author', 'branding', 'inputs', 'outputs', 'runs'],
  branding: ['icon', 'color'],
  input: ['description', 'required', 'default', 'deprecationMessage'],
  output: ['description'],
  runs: ['using', 'main', 'pre', 'pre-if', 'post', 'post-if'],
} as const;

const colors = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'];

type Map = Readonly<Record<string, unknown>>;

/** What is wrong with an action.yml. */
export function metadataFaults(action: Map, exists: (path: string) => boolean): readonly string[] {
  return [
    ...strangers('', action, known.action),
    ...['name', 'description'].flatMap((key) => text(key, action[key])),
    ...brandingFaults(map(action['branding'])),
    ...entries(action['inputs']).flatMap(([name, it]) => inputFaults(`inputs.${name}`, it)),
    ...entries(action['outputs']).flatMap(([name, it]) => [
      ...strangers(`outputs.${name}.`, it, known.output),
      ...text(`outputs.${name}.description`, it['description']),
    ]),
    ...runsFaults(map(action['runs']), exists),
  ];
}

function brandingFaults(branding: Map): readonly string[] {
  const { icon, color } = branding;
  return [
    ...strangers('branding.', branding, known.branding),
    ...(icons.includes(String(icon)) ? [] : [`branding.icon "${String(icon)}" is none that the Marketplace has`]),
    ...(colors.includes(String(color)) ? [] : [`branding.color "${String(color)}" is none of ${colors.join(', ')}`]),
  ];
}

function inputFaults(path: string, input: Map): readonly string[] {
  const { required = false, default: fallback } = input;
  return [
    ...(/^[a-z][a-z0-9-]*$/u.test(path.slice('inputs.'.length)) ? [] : [`${path} is no name`]),
    ...strangers(`${path}.`, input, known.input),
    ...text(`${path}.description`, input['description']),
    ...(typeof required === 'boolean' ? [] : [`${path}.required is not true or false`]),
    // A bare true or 15 would be a YAML boolean or number; the runner hands over texts.
    ...(fallback === undefined ? [] : text(`${path}.default`, fallback)),
  ];
}

function runsFaults(runs: Map, exists: (path: string) => boolean): readonly string[] {
  const files = ['main', 'pre', 'post'].flatMap((key) => runs[key] ?? []).map(String);
  return [
    ...strangers('runs.', runs, known.runs),
    ...(runs['using'] === 'node24' ? [] : ['runs.using is not node24']),
    ...(runs['main'] === undefined ? ['runs.main is missing'] : []),
    ...files.filter((path) => !exists(path)).map((path) => `${path} does not exist`),
  ];
}

function strangers(path: string, value: Map, allowed: readonly string[]): readonly string[] {
  return Object.keys(value)
    .filter((key) => !allowed.includes(key))
    .map((key) => `${path}${key} is no key that is known`);
}

function text(path: string, value: unknown): readonly string[] {
  return typeof value === 'string' && value.trim() !== '' ? [] : [`${path} is no text`];
}

function map(value: unknown): Map {
  return typeof value === 'object' && value !== null ? (value as Map) : {};
}

function entries(value: unknown): readonly (readonly [string, Map])[] {
  return Object.entries(map(value)).map(([name, it]) => [name, map(it)]);
}
