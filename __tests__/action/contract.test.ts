import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { commonInputs } from '../../src/access/inputs.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';

interface ActionYaml {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const action = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as ActionYaml;
const declared = { ...commonInputs, ...awsDeclaration.inputs, ...azureDeclaration.inputs };

describe('action.yml and the declarations', () => {
  test('name the same inputs', () => {
    expect(Object.keys(action.inputs).toSorted()).toEqual(Object.keys(declared).toSorted());
  });

  test.each(Object.entries(declared))('%s has the same default in both', (name, { fallback }) => {
    expect(action.inputs[name]?.default ?? '').toBe(fallback);
  });

  test.each(Object.entries(declared).filter(([, { fallback }]) => fallback !== '' && !fallback.startsWith('${{')))(
    'the default of %s is a value it takes',
    (_name, { fallback, parse: understand }) => {
      expect(understand(fallback).ok).toBe(true);
    },
  );

  test.each(Object.entries(declared))(
    'the example of %s is a value it takes',
    (_name, { example, parse: understand }) => {
      expect(understand(example).ok).toBe(true);
    },
  );
});
