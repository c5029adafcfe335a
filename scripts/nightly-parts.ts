/** One part of the nightly tests. In `args` and `env`, `<seed>` is the seed of the call. */
export interface Part {
  readonly what: string;
  /** What Node is given. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const explore = (of: string): readonly string[] => [
  '--max-old-space-size=16000',
  'scripts/explore.ts',
  ...['--of', of, '--all', '--states', '16000000'],
];
const histories = (of: string): readonly string[] => [
  'scripts/histories.ts',
  ...['--of', of, '--count', '1000', '--seed', '<seed>'],
];

export const parts: Readonly<Record<string, Part>> = {
  matrices: {
    what: 'Every fault, signal, scope and text of the large matrices',
    args: [...jest, '__tests__/scenario', '--ignoreProjects', 'nightly'],
    env: { MATRIX: 'all' },
  },
  storms: {
    what: 'A storm of faults over a thousand grants on each cloud, and hundreds of leases',
    args: [...jest, '__tests__/scenario/(storm|.*-hundreds)'],
    env: { STORM_PLACES: '100' },
  },
  'crashes-aws': {
    what: 'Every signal at each request about a lease on AWS, where it makes a difference',
    args: [...jest, '__tests__/scenario/lease-crash-(main|post|sweep)'],
  },
  'crashes-azure': {
    what: 'The same on Azure',
    args: [...jest, '__tests__/scenario/lease-crash-azure'],
  },
  'crashes-pim': {
    what: 'The same through Privileged Identity Management',
    args: [...jest, '__tests__/scenario/lease-crash-pim'],
  },
  inputs: {
    what: 'Random inputs, refused or understood',
    args: [...jest, '__tests__/property'],
    env: { PROPERTY_FROM: '<seed>', FUZZ: '100000', FUZZ_DIST: '200' },
  },
  'histories-aws': { what: 'Random histories of leases on AWS', args: histories('aws') },
  'histories-azure': { what: 'Random histories of leases on Azure', args: histories('azure') },
  'histories-pim': { what: 'Random histories through Privileged Identity Management', args: histories('pim') },
  'histories-real-time': { what: 'Histories in real time', args: [...jest, '__tests__/histories'] },
  'worlds-aws': { what: 'Every world of the model of leases on AWS', args: explore('aws') },
  'worlds-azure': { what: 'Every world of the model of leases on Azure', args: explore('azure') },
  'worlds-pim': { what: 'Every world of the model through Privileged Identity Management', args: explore('pim') },
  mutations: { what: 'Every kept mutation, killed by its tests', args: ['scripts/mutations.ts'] },
  figures: { what: 'Figures of the benchmark, to be read', args: ['bench/bench.ts'] },
};
