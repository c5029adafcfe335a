import { readText } from '../docs/repository.ts';
import { section } from '../docs/markdown.ts';

/** Hosts in docs/network.md, each as it is written there. */
export const documentedHosts: readonly string[] = [
  ...new Set(
    section(readText('docs/network.md'), '## Hosts')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => [...line.matchAll(/`(?<host>(?:[\w*<>-]+\.){2,}[a-z]+)`/gu)])
      .flatMap(({ groups }) => groups?.['host'] ?? []),
  ),
];

const patterns = documentedHosts.map(
  (host) =>
    new RegExp(
      `^${host.replaceAll('.', '\\.').replace('<region>', '[a-z]{2,}(?:-[a-z]+)+-\\d').replace('*', '[a-z0-9-]+')}$`,
      'u',
    ),
);

export function isDocumented(host: string): boolean {
  // In China all of AWS's names have an end of their own.
  const names = [host, host.replace(/^(?!organizations\.)(?<name>.*\.amazonaws\.com)\.cn$/u, '$<name>')];
  return names.some((name) => patterns.some((pattern) => pattern.test(name)));
}
