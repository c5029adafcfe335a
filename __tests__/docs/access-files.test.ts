import { describe, expect, it } from '@jest/globals';
import { aws } from '../access/files/grammar.ts';
import { readPeople } from '../../src/access/files/people.ts';
import { faultsOf } from './workflow-steps.ts';
import { isAccessFile, isPeopleFile, yamlExamples } from './yaml-examples.ts';

const shown = yamlExamples
  .filter(({ text }) => isAccessFile(text) && !isPeopleFile(text))
  .map(({ document, line, text }) => ({ name: `${document}:${line}`, text }));
const people = yamlExamples.filter(({ text }) => isPeopleFile(text)).map(({ document, text }) => ({ document, text }));
const cloudOf = (text: string): string => /^cloud: (?<cloud>\w+)$/mu.exec(text)?.groups?.['cloud'] ?? '';

const steps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws: { 'aws-region': 'us-east-1' },
  azure: { 'azure-subscription-id': '11111111-2222-4333-8444-555555555501' },
};
const faultsIn = (text: string): readonly string[] => {
  const cloud = cloudOf(text);
  return faultsOf({ cloud, operation: 'reconcile', 'access-file': 'access/a.yml', ...steps[cloud] }, text);
};

describe('access files in the documents', () => {
  it('are there for both clouds', () => {
    expect(shown.map(({ text }) => cloudOf(text)).toSorted()).toEqual(['aws', 'azure']);
  });

  it.each(shown)('$name is one that reconcile takes', ({ text }) => {
    expect(faultsIn(text)).toEqual([]);
  });

  it.each(shown)('$name would be seen if it were wrong', ({ text }) => {
    expect(faultsIn(text.replace('grants:', 'grant:')).join()).toContain('grant');
    expect(faultsIn(text.replace(/role: .+/u, 'role: []')).join()).toContain('role');
    expect(faultsIn(text.replace(/^owns:\n(?: .+\n)+/mu, '')).join()).toContain('No file has owns');
  });
});

describe('people-files in the documents', () => {
  it.each(people)('that of $document names people', ({ text }) => {
    const read = readPeople({ path: 'people.yml', bytes: Buffer.from(text) }, aws, ['aws', 'azure']);
    expect(read.faults).toEqual([]);
    expect(read.people.size).toBeGreaterThan(0);
  });
});
