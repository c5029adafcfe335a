import { describe, expect, test } from '@jest/globals';

import { endpointSettings } from '../../src/aws/endpoints.ts';
import { around } from './around.ts';

const evil = 'https://evil.example';

const settings = (...given: Parameters<typeof around>): ReturnType<typeof endpointSettings> =>
  endpointSettings(around(...given));
const inConfig = (text: string): readonly string[] =>
  settings({}, { '/home/me/.aws/config': text }).map(({ url }) => url);

describe('endpointSettings', () => {
  test('nothing set, nothing found', () => {
    expect(settings({ AWS_REGION: 'us-east-1', MY_AWS_ENDPOINT_URL: evil, AWS_ENDPOINT_URLS: evil })).toEqual([]);
  });

  test.each([
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_STS',
    'AWS_ENDPOINT_URL_SSO_ADMIN',
    'aws_endpoint_url_sts',
    'AWS_ENDPOINT_URL_S3',
  ])('the variable %s', (name) => {
    expect(settings({ [name]: evil })).toEqual([{ source: name, url: evil }]);
  });

  test('both shared files, at their default paths, and which one', () => {
    expect(
      settings(
        {},
        {
          '/home/me/.aws/config': `[default]\nendpoint_url=${evil}/1`,
          '/home/me/.aws/credentials': `[default]\nendpoint_url=${evil}/2`,
        },
      ),
    ).toEqual([
      { source: expect.stringContaining('.aws/config'), url: `${evil}/1` },
      { source: expect.stringContaining('.aws/credentials'), url: `${evil}/2` },
    ]);
  });

  test('both shared files, only at the paths of the variables', () => {
    const variables = { AWS_CONFIG_FILE: '/x/c', AWS_SHARED_CREDENTIALS_FILE: '~/s' };
    const files = {
      '/x/c': `endpoint_url=${evil}/1`,
      '/home/me/s': `endpoint_url=${evil}/2`,
      '/home/me/.aws/config': `endpoint_url=${evil}/3`,
    };
    expect(settings(variables, files).map(({ url }) => url)).toEqual([`${evil}/1`, `${evil}/2`]);
  });

  test.each([
    ['in a profile', `[profile x]\nendpoint_url = ${evil}`],
    ['in a services section', `[services s]\nsso_admin =\n  endpoint_url = ${evil}`],
    ['in a services section, written flat', `[services s]\nsso_admin.endpoint_url = ${evil}`],
    ['with CRLF', `[default]\r\nendpoint_url=${evil}\r\n`],
    ['indented with a tab', `[default]\n\tendpoint_url\t=\t${evil}`],
    ['behind a no-break space', `[default]\n\u00a0endpoint_url = ${evil}`],
    ['with a no-break space around the sign', `[default]\nendpoint_url\u00a0=\u00a0${evil}`],
    ['behind a form feed', `[default]\n\fendpoint_url = ${evil}`],
    ['with a comment after it', `[default]\nendpoint_url = ${evil} # mine`],
    ['without a line end', `[default]\nregion = x\nendpoint_url=${evil}`],
  ])('%s', (_where, text) => {
    expect(inConfig(text)).toEqual([evil]);
  });

  test('all of several', () => {
    expect(inConfig(`[a]\nendpoint_url=${evil}/1\n[b]\nendpoint_url=${evil}/2`)).toEqual([`${evil}/1`, `${evil}/2`]);
  });

  test('a value with an equals sign in it is read whole', () => {
    expect(inConfig(`[a]\nendpoint_url=${evil}/?a=b=c`)).toEqual([`${evil}/?a=b=c`]);
  });

  test.each([
    `# endpoint_url = ${evil}`,
    `; endpoint_url = ${evil}`,
    `  # endpoint_url = ${evil}`,
    `endpoint_urls = ${evil}`,
    'region = us-east-1',
    '',
  ])('%j is not an endpoint setting', (text) => {
    expect(inConfig(`[default]\n${text}`)).toEqual([]);
  });
});

describe('the instance metadata service', () => {
  const settings = (variables: Readonly<Record<string, string>>, text: string | null = null) =>
    endpointSettings({
      variables: new Map(Object.entries(variables)),
      file: () => text,
      homeFolder: '/home/x',
    }).map(({ url }) => url);

  test('is an endpoint setting too: its server chooses the credentials', () => {
    expect(settings({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://evil.example' })).toEqual(['http://evil.example']);
    expect(settings({}, '[default]\nec2_metadata_service_endpoint = http://evil.example')).toContain(
      'http://evil.example',
    );
  });

  test('at its own addresses is not one', () => {
    for (const url of ['http://169.254.169.254', 'http://[fd00:ec2::254]']) {
      expect(settings({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url })).toEqual([]);
    }
  });
});
