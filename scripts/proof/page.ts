import type { Mutation } from '../../mutations/mutations.ts';
import type { Promised } from './promises.ts';
import { tierOf, type Tier } from './tiers.ts';

export interface Test {
  readonly file: string;
  readonly title: string;
}

/** What is told of a mutation. */
export type Break = Pick<Mutation, 'name' | 'promise' | 'breaks' | 'cloud'>;

/** What docs/proof.md has of one promise. */
export interface Section {
  readonly promise: Promised;
  readonly tests: readonly Test[];
  readonly mutations: readonly Break[];
}

export interface Kind {
  readonly name: string;
  /** Whether the tests of this file are of this kind, and of none before it. */
  readonly has: (file: string) => boolean;
}

export const kinds: readonly Kind[] = [
  { name: 'Scenarios', has: (file) => /^__tests__\/(?:histories|models|scenario|setup)\//u.test(file) },
  { name: 'Peers', has: (file) => file.startsWith('peers/') },
  { name: 'Units', has: () => true },
];

export const kindOf = (file: string): string | undefined => kinds.find(({ has }) => has(file))?.name;

const introduction = `# Proof

\`npm run docs\` writes this page from the titles of the tests, and CI fails where it is not current. A title ends with the promises that its test holds: \`(P1)\`, or \`(P1, P4)\`. At the end of a \`describe\` title they count for all tests within. In a title \`%s\` and \`$name\` stand for what varies.

Scenarios run the built \`dist/\` as GitHub's runner does, against the local clouds in \`rehearsal/\`; those of models explore the shipped steps in every order of events. Peers (\`npm run test:peers\`) hold it against a runner and a cloud that others wrote. Mutations break a promise on purpose: \`npm run mutations\` demands that tests go red on each.`;

/** As it is, also where Markdown or HTML would read something into it; an underscore within a word means nothing. */
const literally = (text: string): string => text.replaceAll(/[\\`*<[]|\b_\B|\B_\b/gu, String.raw`\$&`);

function testsOf(kind: string, tests: readonly Test[]): string {
  const files = [...Map.groupBy(tests, ({ file }) => file)];
  const bullets = files.flatMap(([file, its]) => [
    `- \`${file}\``,
    ...its.map(({ title }) => `  - ${literally(title)}`),
  ]);
  return `**${kind}**\n\n${bullets.join('\n')}`;
}

function sectionOf({ promise, tests, mutations }: Section): string {
  const byKind = Map.groupBy(tests, ({ file }) => kindOf(file));
  const count = (kind: string): number => byKind.get(kind)?.length ?? 0;
  const byTier = Map.groupBy(tests, ({ file }) => tierOf(file));
  const inTier = (tier: Tier): number => byTier.get(tier)?.length ?? 0;
  const counts = [count('Units'), count('Scenarios'), count('Peers'), mutations.length];
  const tiers = [inTier('quick'), inTier('full'), inTier('nightly')];
  return [
    `## ${promise.tag} ${promise.name}`,
    promise.meaning,
    `| Units | Scenarios | Peers | Mutations | by \`npm test\` | by \`test:full\` too | by \`test:nightly\` |\n${'| --- '.repeat(7)}|\n| ${[...counts, ...tiers].join(' | ')} |`,
    ...kinds.flatMap(({ name }) => {
      const its = byKind.get(name);
      return its === undefined ? [] : [testsOf(name, its)];
    }),
    `**Mutations**\n\n${mutations.map(({ name, breaks }) => `- \`${name}\`: ${breaks}`).join('\n')}`,
  ].join('\n\n');
}

export function pageOf(sections: readonly Section[]): string {
  return `${[introduction, ...sections.map(sectionOf)].join('\n\n')}\n`;
}
