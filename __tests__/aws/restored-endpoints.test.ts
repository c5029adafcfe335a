import { describe, expect, test } from '@jest/globals';

import { Refusal } from '../../src/access/errors.ts';
import { endpointSettings } from '../../src/aws/endpoints.ts';
import { restoredEndpoints } from '../../src/aws/restored-endpoints.ts';
import { around } from './around.ts';

const evil = 'https://evil.example';

describe('what main used is put back', () => {
  const config = '/home/me/.aws/config';
  const inFile = { [config]: `[default]\nendpoint_url = ${evil}` };
  const ours = { source: `endpoint_url in ${config}`, url: 'https://ours.example' };

  test('where nothing has changed nothing is', () => {
    const variables = { AWS_ENDPOINT_URL: evil, AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://169.254.169.254' };
    expect(restoredEndpoints(endpointSettings(around(variables, inFile)), around(variables, inFile))).toEqual([]);
  });

  test.each([
    ['another', { AWS_ENDPOINT_URL_STS: evil }, 'https://ours.example'],
    ['a missing', {}, 'https://ours.example'],
    ['a new', { AWS_ENDPOINT_URL_STS: evil }, undefined],
  ])('%s variable', (_, variables, value) => {
    const before = value === undefined ? [] : [{ source: 'AWS_ENDPOINT_URL_STS', url: value }];
    expect(restoredEndpoints(before, around(variables as Record<string, string>))).toEqual([
      { variable: 'AWS_ENDPOINT_URL_STS', value, warning: expect.stringContaining('has changed since the main step') },
    ]);
  });

  test('a line of a file that is new is not read, and no secret in it is shown', () => {
    const file = { [config]: '[default]\nendpoint_url = https://me:secret@evil.example' };
    const restored = restoredEndpoints([], around({}, file));
    expect(restored.map(({ variable, value }) => [variable, value])).toEqual([
      ['AWS_CONFIG_FILE', '/dev/null'],
      ['AWS_SHARED_CREDENTIALS_FILE', '/dev/null'],
    ]);
    for (const { warning } of restored) expect(warning).toContain(`${config} = https://***@evil.example`);
  });

  test.each([
    ['is another', inFile],
    ['is gone', {}],
  ])('a line of a file that main used and that %s cannot be', (_, files) => {
    expect(() => restoredEndpoints([ours], around({}, files))).toThrow(Refusal);
    expect(() => restoredEndpoints([ours], around({}, files))).toThrow('https://ours.example');
  });
});
