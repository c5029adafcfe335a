import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const names = readdirSync(dist);
const read = (name: string): string => readFileSync(dist + name, 'utf8');

/** The files of dist that a stage opens, as the runner would start it. */
function loaded(stage: 'main' | 'post', env: NodeJS.ProcessEnv): readonly string[] {
  const spy = `
    import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });
  `;
  const preload = `data:text/javascript,${encodeURIComponent(spy)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', preload, `${dist}${stage}.js`], {
    env,
    encoding: 'utf8',
  });
  return [...stderr.matchAll(/^loaded .*\/dist\/(?<name>[^/\n]+)$/gmu)].map(({ groups }) => groups?.['name'] ?? '');
}

describe('dist', () => {
  it('holds scripts that something loads, and nothing else', () => {
    const texts = names.filter((name) => name.endsWith('.js')).map(read);
    const orphans = names.filter((name) => {
      if (['main.js', 'post.js', 'index.js', 'package.json'].includes(name)) return false;
      const chunk = /^(?<id>\d+)\.index\.js$/u.exec(name)?.groups?.['id'];
      return chunk === undefined || !texts.some((text) => new RegExp(`\\b${chunk}\\b`, 'u').test(text));
    });
    expect(orphans).toEqual([]);
  });

  it('leaves out the HTTP client of @actions/core, which nothing calls', () => {
    expect(names.filter((name) => /undici/iu.test(read(name)))).toEqual([]);
  });

  it('has one set of chunks for main and post, of which an idle post loads almost nothing', () => {
    const post = loaded('post', {});
    expect(post).toEqual(expect.arrayContaining(['post.js', 'index.js']));
    const bytes = post.reduce((sum, name) => sum + read(name).length, 0);
    expect(bytes).toBeLessThan(10_000);
    expect(loaded('main', {})).toContain('index.js');
  });

  it('loads no cloud for a step with an input fault', () => {
    const bytes = loaded('main', { INPUT_CLOUD: 'aws' }).reduce((sum, name) => sum + read(name).length, 0);
    expect(bytes).toBeLessThan(120_000);
  });
});
