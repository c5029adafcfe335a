import { describe, expect } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { readText, root } from '../../__tests__/docs/repository.ts';
import { command } from '../command.ts';
import { itWith, pathOf } from '../found.ts';

/** What others' tools say of the templates and scripts of setup. */

const parse = 'import sys, pycep; pycep.BicepParser().parse(text=sys.argv[1])';
const understood = async (text: string): Promise<number | null> =>
  (await command(pathOf('pycep'), ['-c', parse, text])).code;

describe('what setup has', () => {
  itWith('cfnlint')('have no finding of cfn-lint', async () => {
    const { code, text } = await command(pathOf('cfnlint'), [join(root, 'setup', 'aws.yaml')]);
    expect({ code, text }).toEqual({ code: 0, text: '' });
  });

  itWith('shellcheck').each(['aws.sh', 'azure.sh'])(
    'ShellCheck has no finding in %s and what it uses',
    async (name) => {
      const { code, text } = await command(pathOf('shellcheck'), ['-x', '-P', root, join(root, 'setup', name)]);
      expect({ code, text }).toEqual({ code: 0, text: '' });
    },
  );

  itWith('pycep').each(readdirSync(join(root, 'setup')).filter((name) => name.endsWith('.bicep')))(
    '%s is Bicep by the grammar of pycep',
    async (name) => {
      const text = readText(`setup/${name}`);
      expect(await understood(text)).toBe(0);
      expect(await understood(text.replace(' = {', ' {'))).not.toBe(0);
    },
  );
});
