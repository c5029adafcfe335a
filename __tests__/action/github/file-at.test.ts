import { describe, expect, it } from '@jest/globals';
import type { Content } from '../../../rehearsal/github/repository/branches.ts';
import { defaultContext } from '../../../rehearsal/runner/context.ts';
import { startWorld } from '../../../rehearsal/world.ts';
import { Refusal } from '../../../src/access/errors.ts';
import { createConnections } from '../../../src/action/connections.ts';
import { readFileAt } from '../../../src/action/github/file-at.ts';
import { createRepository } from '../../../src/action/github/repository.ts';
import { createFakeLog } from '../../access/fake-log.ts';
import { createHurriedClock } from '../hurried-clock.ts';
import { untilDone } from './jobs-rig.ts';

const path = '.github/people.yml';

/** The text of a file at the commit that brought it, or the refusal, after another commit has changed it. */
async function readOf(files: Readonly<Record<string, Content>>, asked = path): Promise<string> {
  const world = await startWorld();
  const connections = createConnections();
  try {
    const { after } = world.github.repository.push({ by: 'octocat', commits: [{ files }] });
    world.github.repository.push({ by: 'octocat', commits: [{ files: { [asked]: 'later\n' } }] });
    const { repository, runId } = defaultContext;
    const asker = { token: world.github.token(), apiUrl: world.github.url, repository, runId };
    const tools = {
      clock: createHurriedClock(),
      log: createFakeLog(),
      connections,
      product: ['cloud-access', '0'],
    } as const;
    const bytes = await readFileAt(asked, after, createRepository(asker, tools), untilDone);
    return Buffer.from(bytes).toString();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  } finally {
    connections.close();
    await world.close();
  }
}

describe('a file of the repository', () => {
  it('is read at the commit of the run, even after later commits (P11)', async () => {
    expect(await readOf({ [path]: 'version: 1\n' })).toBe('version: 1\n');
    expect(await readOf({ 'people #1.yml': 'ü'.repeat(100_000) }, 'people #1.yml')).toBe('ü'.repeat(100_000));
  });

  it.each<[string, Content, string]>([
    ['missing', null, 'GitHub has not the file'],
    ['a link to a file', { symlink: 'other.yml' }, 'as an ordinary file'],
    ['a link out of the repository', { symlink: '../../etc/passwd' }, 'as an ordinary file'],
    ['a submodule', { submodule: defaultContext.sha }, 'as an ordinary file'],
    ['larger than GitHub gives', 'x'.repeat(1_048_577), 'it is larger than 1 MiB'],
  ])('is refused where it is %s (P8)', async (_, content, problem) => {
    expect(await readOf({ [path]: content, '.github/other.yml': 'version: 1\n' })).toContain(problem);
  });

  it('is refused where it is a folder (P8)', async () => {
    expect(await readOf({ 'people/a.yml': 'version: 1\n' }, 'people')).toContain('as an ordinary file');
  });
});
