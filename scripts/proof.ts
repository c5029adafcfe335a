/**
 * docs/proof.md: which tests hold which promise, by what the titles of the tests name, and which mutations break it. Works on
 * the current folder.
 */
import { readFileSync } from 'node:fs';
import { mutations as kept } from '../mutations/mutations.ts';
import { kindOf, pageOf, type Break, type Section, type Test } from './proof/page.ts';
import { promises } from './proof/promises.ts';
import { tierOf } from './proof/tiers.ts';
import { scanTitles } from './proof/titles.ts';
import { sourcesIn } from './sources.ts';

export interface Proof {
  readonly page: string;
  /** What a promise lacks, and tags that say nothing. */
  readonly faults: readonly string[];
}

interface TaggedTest extends Test {
  readonly tags: readonly string[];
}

interface Tests {
  readonly tests: readonly TaggedTest[];
  readonly faults: readonly string[];
}

/** Files without a tag are not parsed: there are many. */
const mayHaveTags = (text: string): boolean => /\((?:P\d|Many)[^()\n]*\)['"`]/u.test(text);

function readTests(): Tests {
  const scans = ['__tests__', 'peers'].flatMap(sourcesIn).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return mayHaveTags(text) ? [{ file, ...scanTitles(file, text) }] : [];
  });
  return {
    tests: scans.flatMap(({ file, titles }) => titles.map((it) => ({ file, ...it }))),
    faults: scans.flatMap(({ faults }) => faults),
  };
}

/** What a promise has to have, and this one has not. */
function lacking({ promise, tests, mutations }: Section): readonly string[] {
  const has = (kind: string): boolean => tests.some(({ file }) => kindOf(file) === kind);
  const isQuick = tests.some(({ file }) => kindOf(file) === 'Scenarios' && tierOf(file) === 'quick');
  const parts = [
    ['a unit', has('Units')],
    ['a scenario among those of `npm test`', isQuick],
    ['a mutation on AWS', mutations.some(({ cloud }) => cloud !== 'azure')],
    ['a mutation on Azure', mutations.some(({ cloud }) => cloud !== 'aws')],
  ] as const;
  return parts.flatMap(([what, isThere]) => (isThere ? [] : [`${promise.tag} lacks ${what}`]));
}

/** Mutations that break what is promised nowhere, or held by no test. */
function strays(mutations: readonly Break[], sections: readonly Section[]): readonly string[] {
  const tags = new Set(sections.map(({ promise }) => promise.tag));
  return mutations
    .filter(({ promise }) => !tags.has(promise))
    .map(({ name, promise }) => `the mutation ${name} breaks "${promise}", which no test names`);
}

/** The page that these tests and mutations make, and what is wrong with them. */
export function proofOf(tests: readonly TaggedTest[], mutations: readonly Break[]): Proof {
  const sections = promises
    .map((promise) => ({
      promise,
      tests: tests.filter(({ tags }) => tags.includes(promise.tag)),
      mutations: mutations.filter((it) => it.promise === promise.tag),
    }))
    .filter((section) => section.tests.length > 0);
  return { page: pageOf(sections), faults: [...sections.flatMap(lacking), ...strays(mutations, sections)] };
}

/** Promises that no test names: they have no section, so nothing else would show them. */
export function unnamed(tests: readonly TaggedTest[]): readonly string[] {
  const named = new Set(tests.flatMap(({ tags }) => tags));
  return promises.filter(({ tag }) => !named.has(tag)).map(({ tag }) => `${tag} is named by no test`);
}

export function readProof(): Proof {
  const { tests, faults } = readTests();
  const proof = proofOf(tests, kept);
  return { ...proof, faults: [...faults, ...unnamed(tests), ...proof.faults] };
}
