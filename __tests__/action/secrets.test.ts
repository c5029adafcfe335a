import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { setOutputs } from '../../src/action/outputs.ts';
import { toRecord } from '../../src/action/results.ts';
import { mask, redact } from '../../src/action/secrets.ts';
import { openGitHub, type GitHub } from './github.ts';
import { failed, resultOf, succeeded } from './results.ts';

let github: GitHub;
beforeAll(() => {
  github = openGitHub();
});
beforeEach(() => {
  github.clear();
});
afterAll(() => {
  github.close();
});

describe('mask and redact', () => {
  test('a masked secret is told to the runner and taken out of every text, encoded too', () => {
    mask('s3cr3t/with+signs=');
    expect(github.printed()).toEqual(['::add-mask::s3cr3t/with+signs=']);
    expect(redact('a s3cr3t/with+signs= b s3cr3t%2Fwith%2Bsigns%3D c')).toBe('a *** b *** c');
  });

  test('an empty one masks nothing', () => {
    mask('');
    expect(github.printed()).toEqual([]);
    expect(redact('abc')).toBe('abc');
  });

  test('of two secrets, one the beginning of the other, nothing is left', () => {
    mask('beginning');
    mask('beginning-and-end');
    expect(redact('x beginning-and-end y')).toBe('x *** y');
  });

  test('a secret in a cloud’s words reaches no output', () => {
    mask('the-web-identity-token');
    const result = resultOf({ ...failed, reason: 'refused: the-web-identity-token' });
    setOutputs([result], [toRecord(result)], '');
    expect(JSON.stringify(github.outputs())).not.toContain('the-web-identity-token');
  });

  test('a short secret, as a proxy’s password, breaks neither the outputs’ form nor the ids', () => {
    mask('true');
    mask('aws');
    const result = resultOf(succeeded);
    setOutputs([result], [toRecord(result)], '');
    const outputs = github.outputs();
    expect(outputs['changed']).toBe('true');
    expect(outputs['role-id']).toBe(result.grant.role.id);
    expect(JSON.parse(outputs['results'] ?? '')).toEqual([toRecord(result)]);
  });
});
