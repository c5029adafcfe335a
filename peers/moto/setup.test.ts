import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from '@jest/globals';
import { gh, github } from '../../__tests__/setup/cli/github.ts';
import { runScript } from '../../__tests__/setup/cli/programs.ts';
import { pathOf } from '../found.ts';
import { makeEstate, region, roleArn } from './estate.ts';
import { startMoto, type Moto } from './server.ts';
import { describeMoto } from './support.ts';

const itWithCli = pathOf('awscli') === '' ? (it.skip as typeof it) : it;

/** Somebody who is signed in to the account of the examples, for the AWS CLI. */
async function signedIn({ url }: Moto): Promise<Readonly<Record<string, string>>> {
  const sts = new STSClient({ endpoint: url, region, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'set-up' }));
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
  };
}

/** The AWS CLI, but for what moto answers 500 to: tags of permission sets, termination protection of stacks. */
const wrapper = `#!/usr/bin/env bash
case "$1 $2" in
  'sso-admin list-tags-for-resource' | 'cloudformation update-termination-protection') ;;
  'sso-admin tag-resource') echo "$@" > tagged ;;
  *) exec "$REAL_AWS" "$@" ;;
esac
`;

describeMoto('setup/aws.sh with the AWS CLI', () => {
  itWithCli(
    'sets up what moto has, by its own queries',
    async () => {
      const moto = await startMoto();
      try {
        const { instanceArn, permissionSetArn, accountId } = await makeEstate(moto);
        const env = { ...(await signedIn(moto)), REAL_AWS: pathOf('awscli') };
        const hub = github({ prefix: 'repo:octo-org@9919/infra@74901', commits: ['v1'] });
        const args = ['--repository', 'octo-org/infra', '--reviewer', 'octocat', '--region', region, '--yes'];
        const what = ['--permission-set', 'IncidentAdmin', '--account', accountId, '--into', 'clone'];
        const action = ['--action', 'octo-org/cloud-access@v1', '--who', 'alice@example.com'];
        const files: Record<string, string> = {};
        const prepare = (folder: string): Promise<void> =>
          writeFile(join(folder, 'bin', 'aws'), wrapper, { mode: 0o755 });
        const ended = await runScript(
          'aws.sh',
          [...args, ...what, ...action],
          { gh: gh(hub) },
          { env, prepare },
          async (folder) => {
            for (const it of ['tagged', 'clone/.github/workflows/incident-access.yml'])
              files[it] = await readFile(join(folder, it), 'utf8').catch(() => '');
          },
        );
        expect(ended.text).toContain('and GitHub as an identity provider');
        expect(ended.text).toContain('Everything is set up.');
        // Somebody unknown is refused, and the stack's parameters are read back: moto shows lists as Python does.
        const again = await runScript(
          'aws.sh',
          [...args, ...what, '--action', 'octo-org/cloud-access@v1', '--who', 'bob@example.com'],
          { gh: gh(hub) },
          { env, prepare },
        );
        expect(again.text).toContain('There is no user bob@example.com in the identity store');
        expect(again.text).toContain('(Repository=octo-org@9919/infra@74901 RepositoryId=74901 GrantWorkflows=[');
        const lease = files['clone/.github/workflows/incident-access.yml'];
        expect(lease).toContain('aws-role-to-assume: arn:aws:iam::111122223333:role/access-broker\n');
        expect(lease).toContain(`target: '${accountId}'\n`);
        expect(files['tagged']).toContain(
          `--instance-arn ${instanceArn} --resource-arn ${permissionSetArn} --tags Key=cloud-access-lease,Value=allowed`,
        );
      } finally {
        await moto.close();
      }
    },
    120_000,
  );
});
