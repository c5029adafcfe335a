import type { FileGrammar } from './grammar.ts';

/** Correct YAML for each place of an access file. */
export interface FileExamples {
  readonly file: string;
  readonly version: string;
  readonly cloud: string;
  readonly grants: string;
  readonly row: string;
  readonly ignore: string;
  readonly owns: string;
  readonly of: (key: string) => string;
}

/** An account's ID without quotes would be another value in other readers of YAML. */
const plain = /^[A-Za-z/][\w ./@+-]*(?::[\w ./@+-]+)?$/u;

function scalar(text: string): string {
  return plain.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

export function examplesOf({ cloud, examples, principalTypes }: FileGrammar): FileExamples {
  const { principal, role, target } = {
    principal: scalar(examples.principal),
    role: scalar(examples.role),
    target: scalar(examples.target),
  };
  const row = (first: string, indent: string): string =>
    [`${first}principal: ${principal}`, `${indent}role: ${role}`, `${indent}target: ${target}`].join('\n');
  const grants = `grants:\n${row('  - ', '    ')}`;
  const owns = `owns:\n  roles: [${role}]\n  targets: [${target}]`;
  const values: Readonly<Record<string, string>> = {
    principal: `principal: ${principal}`,
    role: `role: ${role}`,
    target: `target: ${target}`,
    roles: `roles: [${role}]`,
    targets: `targets: [${target}]`,
    principals: `principals: [${principalTypes[0] ?? ''}]`,
    below: 'below: false',
    expires: 'expires: 2027-01-31',
    note: 'note: ticket 4711',
    description: 'description: ticket 4711',
    condition: 'condition: >-\n  …',
  };
  return {
    file: `version: 1\ncloud: ${cloud}\n${grants}`,
    version: 'version: 1',
    cloud: `cloud: ${cloud}`,
    grants,
    row: row('- ', '  '),
    ignore: `ignore:\n${row('  - ', '    ')}`,
    owns,
    of: (key) => values[key] ?? row('- ', '  '),
  };
}
