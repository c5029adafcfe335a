import { spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readPeople } from '../../src/access/files/people.ts';
import { aws } from '../access/files/grammar.ts';
import { root } from '../docs/repository.ts';
import { amazon, awsCli } from './cli/aws.ts';
import { azureCli, microsoft } from './cli/azure.ts';
import { approved, gh, github, type Github } from './cli/github.ts';
import { git, runScript, type Ended } from './cli/programs.ts';
import { awsArgs, azureArgs, changesIn, describeScript, peopleFile } from './cli/set-up.ts';

const aliceId = 'a1100000-0000-4000-8000-0000000000a1';
const who = ['--yes', '--who', 'alice@example.com'];
const reviewer = '  - github: 583231 # octocat\n';
const own = '  - github: 1 # alice-octo\n    aws: user:alice@example.com\n';

/** A script in a clone that has this people-file; the file afterwards, and the one on main of the remote. */
async function after(
  script: 'aws' | 'azure',
  before: string | null | ((path: string) => Promise<void>),
  { more = who, hub = github() }: { readonly more?: readonly string[]; readonly hub?: Github } = {},
): Promise<Ended & { readonly file: string; readonly pushed: string }> {
  const found = { file: '', pushed: '' };
  const ended = await runScript(
    `${script}.sh`,
    [...(script === 'aws' ? awsArgs : azureArgs), ...more],
    { aws: awsCli(amazon()), az: azureCli(microsoft()), gh: gh(hub) },
    {
      prepare: async (folder) => {
        const path = join(folder, 'clone', '.github', 'people.yml');
        await mkdir(join(path, '..'), { recursive: true });
        if (typeof before === 'string') await writeFile(path, before);
        else await before?.(path);
      },
    },
    async (folder) => {
      const isThere = git(join(folder, 'remote.git'), 'ls-tree', '-r', '--name-only', 'main').includes('people.yml');
      if (isThere) found.pushed = git(join(folder, 'remote.git'), 'show', 'main:.github/people.yml');
      found.file = await readFile(join(folder, 'clone', '.github', 'people.yml'), 'utf8').catch(() => '');
    },
  );
  return { ...ended, ...found };
}

describeScript('people.yml', () => {
  it('names who runs the script, and each reviewer, also those of a team (P10)', async () => {
    const more = [...who, '--reviewer', 'team:security'];
    const ended = await after('aws', null, { more, hub: github({ pageSize: 1 }) });
    expect(ended).toMatchObject({ code: 0, pushed: ended.file.trim() });
    expect(parse(ended.file)).toEqual({
      version: 1,
      people: [{ github: 1, aws: 'user:alice@example.com' }, { github: 583231 }, { github: 480938 }],
    });
    expect(ended.file).toContain('  - github: 583231 # octocat\n');
    expect(ended.text).toContain('alice-octo is aws: user:alice@example.com; without access: octocat, hubot-admin\n');
  });

  it('has on Azure the object ID, with the name in a comment (P10)', async () => {
    const { code, file } = await after('azure', null);
    expect(code).toBe(0);
    expect(file).toContain(`  - github: 1 # alice-octo\n    azure: user:${aliceId} # alice@example.com\n`);
  });

  it('keeps an existing file, which an earlier script may have written, and commits what a person added (P10)', async () => {
    const before = peopleFile(`${own}    azure: user:${aliceId}\n${reviewer}`);
    for (const script of ['aws', 'azure'] as const) {
      const ended = await after(script, before);
      expect(ended).toMatchObject({ code: 0, file: before, pushed: before.trim() });
      expect(ended.text).toMatch(/people\.yml +exists; left as it is\n/u);
      expect(ended.text).not.toContain('no row');
    }
  });

  it.each<[string, string, 'aws' | 'azure', string]>([
    [
      'of the other cloud: the line to add',
      peopleFile(own + reviewer),
      'azure',
      `has no line for azure, so your lease would be red. Add it below "github: 1", and run the same command again:\n          azure: user:${aliceId} # alice@example.com\n`,
    ],
    [
      'without who runs the script: the row to add',
      peopleFile(`${own.replace('github: 1 ', 'github: 11 ').replace('alice@', 'bob@')}${reviewer}`),
      'aws',
      `has no row of yours, so your lease would be red. Add it, and run the same command again:\n${own.replaceAll(/^/gmu, '      ').trimEnd()}\n`,
    ],
    [
      'with a line that is commented out',
      peopleFile(own.replace('aws:', '# aws:') + reviewer),
      'aws',
      'your row has no line for aws',
    ],
    [
      'that makes somebody else of them',
      peopleFile(own.replace('alice@', 'bob@') + reviewer),
      'aws',
      'your row has aws: user:bob@example.com, and --who is another',
    ],
    [
      'without a reviewer',
      peopleFile(own),
      'aws',
      `has no row of a reviewer, so no approval would count. Add:\n      ${reviewer}`,
    ],
    ['that is a folder', '', 'aws', 'is not an ordinary file'],
  ])('stops before anything is changed at one %s (P10)', async (_what, before, script, text) => {
    const ended = await after(script, before === '' ? (path) => mkdir(path).then(() => undefined) : before);
    expect(ended).toMatchObject({ code: 1, file: before, pushed: '' });
    expect(ended.text).toContain(text);
    expect(changesIn(ended)).toEqual([]);
  });

  it('is no link, which the action would not follow (P10)', async () => {
    const ended = await after('aws', (path) => symlink('../people.yml', path));
    expect(ended).toMatchObject({ code: 1, text: expect.stringContaining('is not an ordinary file') as unknown });
  });

  it('that lacks some reviewers, or has another form, is told of and used', async () => {
    const environments = new Map([
      [
        'production-access',
        approved({
          reviewers: [
            { type: 'Team', id: 77 },
            { type: 'User', id: 583231 },
          ],
        }),
      ],
    ]);
    const some = await after('aws', peopleFile(own + reviewer), { hub: github({ environments }) });
    expect(some).toMatchObject({ code: 0 });
    expect(some.text).toContain(
      '  ! clone/.github/people.yml has no row of these reviewers, so their approvals do not count. Add:\n        - github: 480938 # hubot-admin\n',
    );
    const flow = await after('aws', peopleFile('  - { github: 583231 }\n'));
    expect(flow).toMatchObject({ code: 0 });
    expect(flow.text).toContain('form that this script does not read (line 3). Check that it has these rows:\n');
    expect(flow.text).toContain(`${own}${reviewer}`.replaceAll(/^/gmu, '      ').trimEnd());
  });

  it('is not known to have the members of a team that GitHub does not show', async () => {
    const refusal = {
      path: 'GET orgs/octo-org/teams/security/members',
      answer: { code: 1, err: 'gh: Must have admin rights (HTTP 403)\n' },
    };
    const environments = new Map([['production-access', approved({ reviewers: [{ type: 'Team', id: 77 }] })]]);
    const ended = await after('aws', null, { hub: github({ refusal, environments }) });
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.text).toContain('  ! It is unknown who team:security is (gh: Must have admin rights (HTTP 403)).');
  });
});

/** What the scripts read of a file: a line for each row. `null`: not of their form. */
function readByScript(text: string): readonly string[] | null {
  const script = '. "$1/lib/people.sh"; cloud_name=aws; read_rows <(cat)';
  const { status, stdout } = spawnSync('bash', ['-c', script, 'bash', join(root, 'setup')], {
    input: text,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.split('\n').filter(Boolean) : null;
}
/** The same by the action; `null` where it has a fault. */
function readByAction(text: string): readonly string[] | null {
  const { people, faults } = readPeople({ path: 'p', bytes: Buffer.from(text) }, aws, ['aws', 'azure']);
  return faults.length > 0 ? null : [...people].map(([id, line]) => `${id} ${line?.text ?? '-'}`);
}

describeScript('the rows that the scripts read', () => {
  const usual = peopleFile(
    '  - github: 1 # a\n    aws: user:alice@example.com # b\n    azure: user:Alice L\n  - github: 2\n',
  );
  const changes: readonly (readonly [string | RegExp, string])[] = [
    ['version', 'x'],
    ['version: 1', 'version: 2'],
    ['version: 1\n', ''],
    ['people:\n', ''],
    ['people:\n', 'people:\npeople:\n'],
    ['people:\n', 'people: []\n'],
    [/\n/gu, '\r\n'],
    ['  - github: 2', '- github: 2'],
    ['  - github: 2', '  - github: 1'],
    ['  - github: 2', '  - github: 02'],
    ['  - github: 2', '  -  github: 2'],
    ['  - github: 2', '  - github: 2 3'],
    ['  - github: 2', '  - github: 2#'],
    ['  - github: 2', '  - gitlab: 2'],
    ['  - github: 2', '  - { github: 2 }'],
    ['  - github: 2', '  # - github: 2'],
    ['    aws:', '   aws:'],
    ['    aws:', '      aws:'],
    ['    aws:', '\taws:'],
    ['    aws:', '    # aws:'],
    ['    azure:', '    aws:'],
    ['    azure:', '    gcp:'],
    ['    azure: user:Alice L\n  - github: 2\n', '  - github: 2\n    aws: user:ALICE@example.com\n'],
    ['user:alice@example.com', ''],
    ['user:alice@example.com', 'user:alice@example.com:'],
    ['user:alice@example.com', 'user: alice@example.com'],
    ['user:alice@example.com', "'user:o''brien@example.com'"],
    ['user:alice@example.com', "'user:o'brien@example.com'"],
    ['user:alice@example.com', "'user:alice@example.com"],
    ['user:alice@example.com', '"user:alice@example.com"'],
    ['user:alice@example.com', 'group:Payments On-Call'],
    ['user:alice@example.com', "'group:Payments On-Call'"],
    ['user:alice@example.com', '*alice'],
    ['user:alice@example.com', '&a user:alice@example.com'],
    ['user:alice@example.com', '[user:alice@example.com]'],
    ['user:alice@example.com', 'user:alice@example.com\n      more'],
    ['user:alice@example.com', 'user:alice#x'],
    [/$/u, '...\n'],
    [/$/u, '  - github: 3'],
    [/^/u, '\uFEFF'],
    [/^/u, '---\n'],
    [/^/u, '# c\n\n'],
  ];

  it('are those that the action reads, and nothing where the action may find a fault (P10)', () => {
    const all = [usual, ...changes.map(([from, to]) => usual.replace(from, () => to))];
    const read = all.map((text) => ({ text, script: readByScript(text), action: readByAction(text) }));
    expect(read[0]?.script).toEqual(['1 user:alice@example.com', '2 -']);
    expect(read.filter(({ script, action }) => script !== null && action?.join() !== script.join())).toEqual([]);
    expect(read.filter(({ script }) => script !== null).length).toBeGreaterThan(7);
  });

  it('are what they write, of any name (P10)', () => {
    for (const name of ["o'brien@example.com", 'a:', '#x', '{x}', 'a#b', 'ünal@example.com', '*', '-']) {
      const script =
        'BASH_COMPAT=3.2; . "$1/lib/yaml.sh"; . "$1/lib/people.sh"; cloud_name=aws my_id=1 me=alice who=$2 others="2 bob"; people_text';
      const { stdout } = spawnSync('bash', ['-c', script, 'bash', join(root, 'setup'), name], { encoding: 'utf8' });
      const rows = [`1 user:${name}`, '2 -'];
      expect({ name, action: readByAction(stdout), script: readByScript(stdout) }).toEqual({
        name,
        action: rows,
        script: rows,
      });
    }
  });
});
