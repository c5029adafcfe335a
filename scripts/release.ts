/**
 * What a release is made of. `check <tag>`: whether this commit may be released under it. `pack <tag> <folder>`: the archive
 * of what users run, its list of parts (SPDX), and the notes. Run by .github/workflows/release.yml, and by hand to look.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

/** The section of a version in the changelog, without its heading; `null` where there is none with a date. */
function notesOf(version: string): string | null {
  const [, ...sections] = read('CHANGELOG.md').split(/^## /mu);
  const section = sections.find((it) => it.startsWith(`[${version}] - `) && /^\S+ - \d{4}-\d\d-\d\d\n/u.test(it));
  return section === undefined ? null : section.slice(section.indexOf('\n')).trim();
}

function run(command: string, args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  return spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Why this commit may not be released under a tag; empty where it may. */
function faults(tag: string): readonly string[] {
  const { version } = JSON.parse(read('package.json')) as { readonly version: string };
  const isOnMain = run('git', ['merge-base', '--is-ancestor', 'HEAD', 'origin/main']).status === 0;
  return [
    ...(tag === `v${version}` ? [] : [`the tag is ${tag}, and package.json says ${version}`]),
    ...(notesOf(tag.slice(1)) === null ? [`CHANGELOG.md has no section "[${tag.slice(1)}] - <date>"`] : []),
    ...(isOnMain ? [] : ['the commit is not on main']),
  ];
}

/** The archive is what every job downloads (.gitattributes), the same bytes wherever it is made of this commit. */
function pack(tag: string, into: string): void {
  const folder = resolve(into);
  mkdirSync(folder, { recursive: true });
  const prefix = `cloud-access-${tag}/`;
  const archive = join(folder, `cloud-access-${tag}.tar.gz`);
  const { status } = run('git', ['archive', '--format=tar.gz', `--prefix=${prefix}`, '--output', archive, 'HEAD']);
  if (status !== 0) throw new Error('git archive failed');
  const sbom = run('npm', ['sbom', '--omit=dev', '--sbom-format=spdx', '--sbom-type=application']);
  if (sbom.status !== 0) throw new Error('npm sbom failed');
  writeFileSync(join(folder, 'sbom.spdx.json'), sbom.stdout);
  writeFileSync(join(folder, 'notes.md'), `${notesOf(tag.slice(1)) ?? ''}\n`);
}

const [what, tag = '', folder = ''] = process.argv.slice(2);
switch (what) {
  case 'check': {
    const found = faults(tag);
    for (const fault of found) console.log(`Not released: ${fault}.`);
    process.exitCode = found.length === 0 ? 0 : 1;
    break;
  }
  case 'pack':
    pack(tag, folder);
    break;
  default:
    console.error('Usage: release.ts check <tag> | pack <tag> <folder>');
    process.exitCode = 2;
}
