import { declareCloud, ok, wrong, type AnyCloud, type Surroundings } from '../../src/access/declaration.ts';
import { InputFaults, type Fault } from '../../src/access/errors.ts';
import { text } from '../../src/access/input-kinds.ts';
import { isLineRequest } from '../../src/access/any-request.ts';
import { operations, type Lines, type Request } from '../../src/access/request.ts';
import { fileReading, type ReadFiles } from '../../src/action/inputs/file-rules.ts';
import { readInputs, type Inputs } from '../../src/action/inputs/inputs.ts';
import { eventOf } from './github/event-of.ts';
import type { RunEvent } from '../../src/action/github/event.ts';

export interface Settings {
  readonly sky: string | null;
  readonly surroundings: Surroundings;
  readonly lines: Lines;
}

const skyInputs = {
  'sky-region': text('', 'sky-1', operations),
  'sky-pilot': text('', 'pilot-1', operations),
  'sky-mode': {
    ...text('plain', 'fancy', ['assign']),
    parse: (value: string) => (value === 'odd' ? wrong('is odd') : ok(value)),
  },
} as const;

/** Two small clouds that accept any line but those that begin with `bad`. */
export const sky = declareCloud<typeof skyInputs, Settings>({
  operations,
  inputs: skyInputs,
  principalTypes: ['PERSON', 'TEAM'],
  ownedPrincipalTypes: ['PERSON'],
  rowProperties: ['condition', 'description'],
  belowTargets: true,
  prefixes: { principal: { person: 'person' }, target: { cloud: 'cloud' }, role: {} },
  notations: [{ pattern: /^sky-id-/u, what: 'an id' }],
  examples: { principal: 'person:Ann', target: 'cloud nine', role: 'Pilot' },
  exampleExclusion: 'cloud nine\n!cloud ten',
  exampleById: (part) => `id-${part}`,
  secretVariables: [],
  quotas: { requestsPerSecond: 20, inFlight: 100 },
  parsePrincipal: (line, type) =>
    line.startsWith('bad') ? wrong(`"${line}" is unknown`) : ok({ text: line, kind: type ?? 'untyped', value: line }),
  parseTarget: (line, operation) =>
    line.startsWith('bad') ? wrong(`"${line}" is nowhere`) : ok({ text: line, kind: operation, value: line }),
  parseExclusion: (line) =>
    line.startsWith('bad') ? wrong(`"${line}" is nowhere`) : ok({ text: line, kind: 'excluded', value: line }),
  parseRole: (line, operation) =>
    line.startsWith('bad') ? wrong(`"${line}" is nothing`) : ok({ text: line, kind: `${operation}-role`, value: line }),
  parseAllowed: (part, line) =>
    line.startsWith('bad') ? wrong(`"${line}" allows nothing`) : ok({ text: line, kind: part, value: line }),
  isById: ({ value }) => value.startsWith('id-') || value === 'cloud nine',
  parseLease: (text) => (text.startsWith('lease-') ? ok(text) : wrong('The value is not a lease ID of the sky.')),
  parseCaller: (text) => (text.startsWith('pilot-') ? ok(text.toLowerCase()) : wrong(`is "${text}", who is no pilot`)),
  settle: (values, surroundings, { lines }) =>
    surroundings.variables.has('SKY_IS_FALLING')
      ? {
          ok: false,
          needsIdToken: true,
          faults: [{ input: 'sky-region', problem: 'falls', example: 'sky-1' }],
        }
      : { ok: true, settings: { sky: values['sky-region'], surroundings, lines }, audience: 'sky.test', endpoints: [] },
});
const seaInputs = {
  'sea-port': text('', 'port-1', operations),
  'sea-tide': text('low', 'high', operations),
  'sea-sails': text('', 'full', ['assign', 'revoke']),
} as const;
export const sea: AnyCloud<Settings> = declareCloud<typeof seaInputs, Settings>({
  ...sky,
  operations: ['assign', 'revoke'],
  inputs: seaInputs,
  principalTypes: ['CREW'],
  ownedPrincipalTypes: null,
  rowProperties: [],
  belowTargets: false,
  prefixes: { principal: { crew: 'crew' }, target: { harbour: 'harbour' }, role: {} },
  notations: [{ pattern: /^sea-id-/u, what: 'an id' }],
  examples: { principal: 'crew:Bob', target: 'harbour', role: 'Sailor' },
  exampleExclusion: 'harbour\n!reef',
  settle: (_values, surroundings, { lines }) => ({
    ok: true,
    settings: { sky: null, surroundings, lines },
    audience: null,
    endpoints: [],
  }),
});

/** Values that the runner sets without a workflow's: the defaults of action.yml. */
export const defaults: Readonly<Record<string, string>> = {
  operation: 'assign',
  wait: 'true',
  'allow-privileged': 'false',
  'dry-run': 'false',
  'keep-after-job': 'false',
  'on-existing': 'keep',
  lifetime: 'none',
  'expected-plan': 'none',
  'allowed-principals': 'any',
  'allowed-targets': 'any',
  'allowed-roles': 'any',
  'max-grants': 'none',
  'max-lifetime': 'none',
  'require-ids': 'false',
  prune: 'report',
  'max-removals': 'none',
  'require-approval': 'none',
  approvers: 'any',
  'people-file': 'none',
  'sweep-workflow': 'none',
  'sweep-max-age': '3h',
  'sky-mode': 'plain',
  'sea-tide': 'low',
};
export const good = { cloud: 'sky', principal: 'alice', target: 'here', role: 'reader' };

export interface Around {
  readonly event?: RunEvent;
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly tokenFault?: Fault | null;
  readonly readFiles?: ReadFiles;
  readonly requester?: string;
}

export const readAny = (inputs: Readonly<Record<string, string>>, around: Around = {}): Inputs<Settings> =>
  readFrom({ sky, sea }, inputs, around);

/** The same of a step that changes grants. */
export function read(
  inputs: Readonly<Record<string, string>>,
  around: Around = {},
): Inputs<Settings> & { readonly request: Request } {
  const { request, ...rest } = readAny(inputs, around);
  if (!isLineRequest(request)) throw new TypeError(`${request.operation} has no lines`);
  return { ...rest, request };
}

export function readFrom<S>(
  clouds: Readonly<Record<string, AnyCloud<S>>>,
  inputs: Readonly<Record<string, string>>,
  around: Around = {},
): Inputs<S> {
  const set = Object.entries({ ...defaults, ...inputs })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  const variables = new Map([...set, ...Object.entries(around.variables ?? {})]);
  return readInputs<S>(clouds, {
    surroundings: { variables, file: (path) => around.files?.[path] ?? null, homeFolder: '/home/me', runName: '1-2-3' },
    event: around.event ?? eventOf('push'),
    tokenFault: around.tokenFault ?? null,
    files: around.readFiles === undefined ? null : fileReading(around.readFiles),
    ...(around.requester === undefined ? {} : { requester: around.requester }),
  });
}

export function faultsOf(
  inputs: Readonly<Record<string, string>>,
  around: Around = {},
  clouds = { sky, sea },
): readonly Fault[] {
  try {
    readFrom(clouds, inputs, around);
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw error;
  }
}

export const names = (faults: readonly Fault[]): readonly string[] => faults.map(({ input }) => input).toSorted();
