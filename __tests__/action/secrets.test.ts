import { describe, expect, test } from '@jest/globals';

import { readAsker } from '../../src/action/github/run-context.ts';
import { setOutputs } from '../../src/action/report/outputs.ts';
import { toRecord } from '../../src/action/report/results.ts';
import { mask, maskEnvironment, redact } from '../../src/action/secrets.ts';
import { useGitHub } from './github/github.ts';
import { failed, resultOf, succeeded } from './report/results.ts';

const github = useGitHub();

describe('mask and redact', () => {
  test('a secret is masked in the runner and removed from every text, encoded too', () => {
    mask('s3cr3t/with+signs=');
    expect(github.printed()).toEqual(['::add-mask::s3cr3t/with+signs=']);
    expect(redact('a s3cr3t/with+signs= b s3cr3t%2Fwith%2Bsigns%3D c')).toBe('a *** b *** c');
  });

  const awkward = 'k3y/"with"+&<signs>\'=\\ and ä🚀';
  const plain = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln-bmF0_dXJl';
  const html = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const unicode = (text: string): string =>
    text.replaceAll(/[^a-z0-9 ]/giu, (it) =>
      [...Array(it.length).keys()].map((at) => `\\u${it.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
    );
  const references = (text: string): string =>
    text.replaceAll(/[^a-z0-9 ]/giu, (it) => `&#x${(it.codePointAt(0) ?? 0).toString(16).toUpperCase()};`);
  const decimal = (text: string): string => text.replaceAll(/[^a-z0-9 ]/giu, (it) => `&#${it.codePointAt(0)};`);
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  const base64 = (text: string, before: string): string => Buffer.from(`${before}${text} and more`).toString('base64');
  const writings: readonly (readonly [string, (text: string) => string])[] = [
    ['in an address', encodeURIComponent],
    [
      'in an address, in small letters',
      (text) => encodeURIComponent(text).replaceAll(/%../gu, (it) => it.toLowerCase()),
    ],
    ['in a form', (text) => new URLSearchParams({ text }).toString()],
    ['in JSON', JSON.stringify],
    ['in JSON with more escapes', unicode],
    ['in JSON with an escaped slash', (text) => JSON.stringify(text).replaceAll('/', '\\/')],
    ['in HTML', html],
    ['in HTML, with apostrophes', (text) => html(text).replaceAll("'", '&apos;')],
    ['in HTML, by numbers', decimal],
    ['in HTML, by hexadecimal numbers', references],
    ['in hexadecimal digits', hex],
    ['in capital hexadecimal digits', (text) => hex(text).toUpperCase()],
    ...['', 'x', 'xy', 'xyz', 'user:', 'me:'].flatMap((before) => [
      [`in base64 after "${before}"`, (text: string) => base64(text, before)] as const,
      [`in base64url after "${before}"`, (text: string) => Buffer.from(before + text).toString('base64url')] as const,
    ]),
  ];
  test.each(writings)('a secret is found %s (P7)', (_, write) => {
    for (const secret of [awkward, plain]) {
      mask(secret);
      const written = write(secret);
      const left = redact(`before ${written} after`);
      expect(left).toMatch(/^before .*\*\*\*.* after$/su);
      // What depends on its neighbors stays, which is less than a group of four at each end.
      const rest = left.replace('before ', '').replace(' after', '').split('***');
      expect(rest.filter((it) => it.length > 24)).toEqual([]);
      expect(written.length - rest.join('').length).toBeGreaterThan(secret.length - 4);
    }
  });

  test('a secret of several lines is found line by line', () => {
    mask('-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n');
    expect(redact('x MIIEvQIBADANBgkq y')).toBe('x *** y');
  });

  test('a similar text stays', () => {
    mask('abcdefgh.ijklmnop');
    for (const text of ['abcdefghXijklmnop', 'abcdefgh.ijklmno', Buffer.from('abcdefgh').toString('base64')])
      expect(redact(text)).toBe(text);
  });

  test('an empty one masks nothing', () => {
    mask('');
    expect(github.printed()).toEqual([]);
    expect(redact('abc')).toBe('abc');
  });

  test('of two secrets, one the beginning of the other, both are removed', () => {
    mask('beginning');
    mask('beginning-and-end');
    expect(redact('x beginning-and-end y')).toBe('x *** y');
  });

  test("a secret in a cloud's words reaches no output", () => {
    mask('the-web-identity-token');
    const result = resultOf({ ...failed, reason: 'refused: the-web-identity-token' });
    setOutputs([result], [toRecord(result)], '', { file: '', markdown: '', digest: '' }, null, '');
    expect(JSON.stringify(github.outputs())).not.toContain('the-web-identity-token');
  });

  test('one that JSON writes in another way reaches no output either', () => {
    mask('the-"web"\\identity');
    const result = resultOf({ ...failed, reason: 'refused: the-"web"\\identity' });
    setOutputs([result], [toRecord(result)], '', { file: '', markdown: '', digest: '' }, null, '');
    expect(JSON.parse(github.outputs()['results'] ?? '')).toMatchObject([{ 'failure-reason': 'refused: ***' }]);
  });

  test("a short secret, such as a proxy's password, leaves the form of outputs and the IDs intact", () => {
    mask('true');
    mask('aws');
    const result = resultOf(succeeded);
    setOutputs([result], [toRecord(result)], '', { file: '', markdown: '', digest: '' }, null, '');
    const outputs = github.outputs();
    expect(outputs['changed']).toBe('true');
    expect(outputs['role-id']).toBe(result.grant.role.id);
    expect(JSON.parse(outputs['results'] ?? '')).toEqual([toRecord(result)]);
  });
});

describe('maskEnvironment', () => {
  const masked = (variables: Readonly<Record<string, string>>, names: readonly string[] = []): readonly string[] => {
    maskEnvironment(new Map(Object.entries(variables)), names);
    return github.printed();
  };

  test("masks the token for GitHub's API", () => {
    expect(masked({ 'INPUT_GITHUB-TOKEN': 'ghs_0123456789abcdef' })).toEqual(['::add-mask::ghs_0123456789abcdef']);
    expect(redact('x ghs_0123456789abcdef y')).toBe('x *** y');
  });

  test('masks the used part of a token that has a line break at its end', () => {
    masked({ 'INPUT_GITHUB-TOKEN': 'ghs_fedcba9876543210\n' });
    expect(redact('x ghs_fedcba9876543210 y')).toBe('x *** y');
    expect(readAsker(new Map(), 'ghs_fedcba9876543210\n', '').token).toBe('ghs_fedcba9876543210');
  });

  test("masks the request token and the secrets in variables of the clouds' own tools", () => {
    const variables = {
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-request-token',
      SKY_PASSWORD: 'the-password-of-sky',
      SEA_PASSWORD: 'the-password-of-sea',
    };
    expect(masked(variables, ['SKY_PASSWORD', 'SKY_TOKEN'])).toEqual([
      '::add-mask::the-request-token',
      '::add-mask::the-password-of-sky',
    ]);
    expect(redact('the-password-of-sky the-password-of-sea')).toBe('*** the-password-of-sea');
  });

  test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'ALL_PROXY', 'all_proxy'])(
    'masks the password in %s, encoded and decoded',
    (name) => {
      expect(masked({ [name]: 'http://me:p%40ss-word@proxy.example:3128' })).toEqual([
        '::add-mask::p%2540ss-word',
        '::add-mask::p@ss-word',
        `::add-mask::${Buffer.from('me:p@ss-word').toString('base64')}`,
      ]);
    },
  );

  test('a proxy without a password, or an invalid address, masks nothing', () => {
    expect(masked({ HTTPS_PROXY: 'http://proxy.example:3128', HTTP_PROXY: 'nonsense', NO_PROXY: 'a:b@c' })).toEqual([]);
  });
});
