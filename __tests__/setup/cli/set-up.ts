import { describe } from '@jest/globals';
import { awsCli, type Aws } from './aws.ts';
import { azureCli, type Azure } from './azure.ts';
import { gh, type Github } from './github.ts';
import { runScript, type Ended } from './programs.ts';

/** They are for Bash. */
export const describeScript = process.platform === 'win32' ? (describe.skip as typeof describe) : describe;
export const reference = 'octo-org/cloud-access@0123456789abcdef0123456789abcdef01234567';
/** A shipped workflow that names this action, and the workflow that it calls, as `reference` does. */
export const withAction = (text: string): string =>
  text
    .replaceAll('OWNER/cloud-access@v1', reference)
    .replaceAll(
      'OWNER/cloud-access/.github/workflows/notice.yml@v1',
      reference.replace('@', '/.github/workflows/notice.yml@'),
    );
const common = ['--repository', 'octo-org/infra', '--reviewer', 'octocat', '--into', 'clone', '--action', reference];

export const awsArgs = [
  ...common,
  ...['--region', 'us-east-1', '--permission-set', 'IncidentAdmin', '--account', '123456789012'],
];
export const azureArgs = [
  ...common,
  ...['--location', 'westeurope', '--subscription', '11111111-2222-4333-8444-555555555501'],
  ...['--role', 'Storage Blob Data Reader', '--resource-group', 'payments-prod'],
];
/** A people-file with these rows. */
export const peopleFile = (rows: string): string => `version: 1\npeople:\n${rows}`;
export const octocat = [{ type: 'User', id: 583231 }];

const changing =
  /^(?:gh api --method|aws cloudformation (?:deploy|update)|aws sso-admin tag|az deployment sub create)/u;

export const changesIn = ({ calls }: Ended): readonly string[] => calls.filter((call) => changing.test(call));

export const aws = (world: Aws, hub: Github, more: readonly string[] = ['--yes'], args = awsArgs): Promise<Ended> =>
  runScript('aws.sh', [...args, ...more], { aws: awsCli(world), gh: gh(hub) });
export const azure = (world: Azure, hub: Github, args = azureArgs): Promise<Ended> =>
  runScript('azure.sh', [...args, '--yes'], { az: azureCli(world), gh: gh(hub) });
