import { devNull } from 'node:os';
import { describe, expect, test } from '@jest/globals';

import { steeringSettings } from '../../src/aws/endpoints.ts';
import { restoredEndpoints } from '../../src/aws/restored-endpoints.ts';
import { around } from './around.ts';

const evil = 'https://evil.example';

describe("main's settings are restored", () => {
  const config = '/home/me/.aws/config';
  const inFile = { [config]: `[default]\nendpoint_url = ${evil}` };
  const ours = { source: `endpoint_url in ${config}`, url: 'https://ours.example' };

  const steered = {
    AWS_ENDPOINT_URL: evil,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://169.254.169.254',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_PROFILE: 'broker',
  };
  /** Its clients read no setting from a file any longer, without a message. */
  const unread = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].map((variable) => ({ variable, value: devNull }));

  test('without a change, nothing is restored', () => {
    for (const ambient of [false, true]) {
      const here = around(steered, inFile);
      const restored = restoredEndpoints(steeringSettings(here, ambient), here, ambient);
      expect(restored).toEqual(ambient ? [] : unread.map((it) => ({ ...it, warning: null })));
    }
  });

  const names = [
    'AWS_ENDPOINT_URL_STS',
    'AWS_USE_FIPS_ENDPOINT',
    'AWS_USE_DUALSTACK_ENDPOINT',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ];
  const ofTheChain = [
    'AWS_PROFILE',
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
  ];
  test.each([
    ...names.map((it) => [it, false] as const),
    ...[...names, ...ofTheChain].map((it) => [it, true] as const),
  ])('%s, set, changed or unset since then (ambient credentials: %s)', (variable, ambient) => {
    for (const [was, is] of [
      ['a', 'b'],
      ['a', undefined],
      [undefined, 'b'],
    ] as const) {
      const before = was === undefined ? [] : [{ source: variable, url: was }];
      const now = around(is === undefined ? {} : { [variable]: is });
      const told = restoredEndpoints(before, now, ambient).filter(({ warning }) => warning !== null);
      const warning = `${variable} has changed since the main step. The post step uses the value of the main step: ${was ?? 'nothing'}.`;
      expect(told).toEqual([{ variable, value: was, warning }]);
    }
  });

  test('credentials are not such variables, and neither is a profile where a role is assumed', () => {
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c', AWS_ROLE_ARN: 'd' };
    expect(restoredEndpoints([], around(keys), true)).toEqual([]);
    expect(restoredEndpoints([], around({ ...keys, AWS_PROFILE: 'x' }), false)).toMatchObject(unread);
  });

  test('a new line of a file is not read, and no secret in it is shown', () => {
    const file = { [config]: '[default]\nendpoint_url = https://me:secret@evil.example' };
    for (const ambient of [false, true]) {
      const restored = restoredEndpoints([], around({}, file), ambient);
      expect(restored).toMatchObject(unread);
      for (const { warning } of restored) expect(warning).toContain(`${config} = https://***@evil.example`);
    }
  });

  test.each(['use_fips_endpoint', 'use_dualstack_endpoint', 'ignore_configured_endpoint_urls'])(
    'nor is a file that now contains %s',
    (name) => {
      const restored = restoredEndpoints([], around({}, { [config]: `[default]\n${name} = true` }), true);
      expect(restored).toMatchObject(unread);
      expect(restored[0]?.warning).toContain(`${name} in ${config} = true was set after the main step`);
    },
  );

  test.each([
    ['is another', inFile, evil],
    ['is gone', {}, 'nothing'],
  ])('a line of a file that main used and that %s is reported', (_, files, by) => {
    const restored = restoredEndpoints([ours], around({}, files), false);
    expect(restored).toMatchObject(unread);
    expect(restored[0]?.warning).toMatch(
      new RegExp(`The main step used .*https://ours\\.example\\. The shared files now set .*${by}`, 'u'),
    );
  });

  test('a file that has become a pipe is not read', () => {
    const pipe = { ...around({}), file: (path: string) => (path === config ? { problem: 'is a pipe' } : null) };
    expect(restoredEndpoints([], pipe, true)).toEqual([
      { variable: 'AWS_CONFIG_FILE', value: devNull, warning: expect.stringContaining('is a pipe') },
    ]);
  });

  test('nor is a file that now leads to a pipe', () => {
    const files: Readonly<Record<string, string | { readonly problem: string }>> = {
      [config]: 'web_identity_token_file = /pipe',
      '/pipe': { problem: 'is a pipe' },
    };
    expect(restoredEndpoints([], { ...around({}), file: (path: string) => files[path] ?? null }, true)).toEqual([
      {
        variable: 'AWS_CONFIG_FILE',
        value: devNull,
        warning: expect.stringContaining('names "/pipe", which is a pipe'),
      },
    ]);
  });
});
