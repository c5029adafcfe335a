import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, test } from '@jest/globals';

import { homeFolder, readFile, readVariables } from '../../src/action/environment.ts';

afterEach(() => {
  Reflect.deleteProperty(process.env, 'CLOUD_ACCESS_TEST');
});

describe('readVariables', () => {
  test('gives what is set, and nothing that is empty', () => {
    process.env['CLOUD_ACCESS_TEST'] = 'x';
    expect(readVariables().get('CLOUD_ACCESS_TEST')).toBe('x');
    process.env['CLOUD_ACCESS_TEST'] = '';
    expect(readVariables().has('CLOUD_ACCESS_TEST')).toBe(false);
  });
});

describe('readFile', () => {
  test('gives the text, and null where there is none', () => {
    expect(readFile(fileURLToPath(import.meta.url))).toContain('readFile');
    for (const path of ['', '/nowhere/at/all', fileURLToPath(new URL('.', import.meta.url)), 'a\0b']) {
      expect(readFile(path)).toBeNull();
    }
  });
});

describe('homeFolder', () => {
  test('is where the SDK looks: HOME, else USERPROFILE, in this order', () => {
    expect(
      homeFolder(
        new Map([
          ['HOME', '/home/me'],
          ['USERPROFILE', '/profiles/me'],
        ]),
      ),
    ).toBe('/home/me');
    expect(homeFolder(new Map([['USERPROFILE', '/profiles/me']]))).toBe('/profiles/me');
  });

  test('is HOME, else what the system says', () => {
    expect(homeFolder(new Map([['HOME', '/home/me']]))).toBe('/home/me');
    expect(homeFolder(new Map())).not.toBe('');
  });
});
