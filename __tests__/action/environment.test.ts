import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, describe, expect, test } from '@jest/globals';

import { homeFolder, readFile, readTextOrNothing, readVariables } from '../../src/action/environment.ts';

afterEach(() => {
  Reflect.deleteProperty(process.env, 'CLOUD_ACCESS_TEST');
});

describe('readVariables', () => {
  test('returns the variables that are set and not empty', () => {
    process.env['CLOUD_ACCESS_TEST'] = 'x';
    expect(readVariables().get('CLOUD_ACCESS_TEST')).toBe('x');
    process.env['CLOUD_ACCESS_TEST'] = '';
    expect(readVariables().has('CLOUD_ACCESS_TEST')).toBe(false);
  });
});

describe('readFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'read-file-'));
  const path = (name: string): string => join(folder, name);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('returns the text, and null where there is no file', () => {
    expect(readFile(fileURLToPath(import.meta.url))).toContain('readFile');
    for (const missing of ['', '/nowhere/at/all', 'a\0b']) expect(readFile(missing)).toBeNull();
    expect(readFile(devNull)).toBe('');
  });

  test('gives a text that a link leads to, and one of several pieces whole', () => {
    const text = 'ä🚀'.repeat(50_000);
    writeFileSync(path('long'), text);
    symlinkSync(path('long'), path('link'));
    expect(readFile(path('link'))).toBe(text);
    expect(readTextOrNothing(path('link'))).toBe(text);
  });

  test('never reads further than its limit', () => {
    writeFileSync(path('sparse'), 'x');
    truncateSync(path('sparse'), 2 ** 40);
    expect(readFile(path('sparse'))).toEqual({ problem: 'is longer than 32 MiB' });
  });

  test('accepts only regular files, and only text', () => {
    expect(readFile(folder)).toEqual({ problem: 'is a folder' });
    expect(readTextOrNothing(folder)).toBeNull();
    writeFileSync(path('binary'), 'a\0b');
    expect(readFile(path('binary'))).toEqual({ problem: 'is not text' });
  });

  const onUnix = process.platform === 'win32' ? test.skip : test;
  onUnix('does not wait for a pipe, read a device, or show the environment of a process', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    symlinkSync('/dev/zero', path('zero'));
    expect(readFile(path('pipe'))).toEqual({ problem: 'is a pipe, not a regular file' });
    expect(readFile(path('zero'))).toEqual({ problem: 'is a device, not a regular file' });
    const server = createServer().listen(path('socket'));
    await once(server, 'listening');
    expect(readFile(path('socket'))).toEqual({ problem: 'is a socket, not a regular file' });
    server.close();
    if (process.platform !== 'linux') return;
    expect(readFile('/proc/self/environ')).toEqual({ problem: 'is not text' });
    // Reports itself as a regular file and reads like a pipe; only the superuser can read it.
    expect(readFile('/proc/kmsg') ?? { problem: 'has no end yet, like a pipe' }).toHaveProperty('problem');
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

  test('is HOME, else the folder that the system reports', () => {
    expect(homeFolder(new Map([['HOME', '/home/me']]))).toBe('/home/me');
    expect(homeFolder(new Map())).not.toBe('');
  });
});
