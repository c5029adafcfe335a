import { describe, expect, it } from '@jest/globals';
import { readText } from './repository.ts';

type Versions = Readonly<Record<string, string>>;

const { dependencies, devDependencies } = JSON.parse(readText('package.json')) as {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
};
const { packages } = JSON.parse(readText('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly link?: boolean }>>;
};

describe('dependencies', () => {
  it('are exact, and known by their content', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/u.test(version),
    );
    expect(loose).toEqual([]);
    const others = Object.entries(packages).filter(([path]) => path !== '');
    expect(others.length).toBeGreaterThan(100);
    const unknown = others.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'));
    expect(unknown).toEqual([]);
  });

  it('run nothing when they are installed', () => {
    expect(readText('.npmrc').split('\n')).toContain('ignore-scripts=true');
  });

  it('are all that dist is built from: CI builds it anew and compares', () => {
    expect(readText('.ci/run')).toMatch(
      /^if check 'npm ci' npm ci; then\n(?:.*\n)*? {2}check .* npm run --silent check:dist$/mu,
    );
  });
});
