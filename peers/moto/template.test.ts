import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from '@jest/globals';

import { readText } from '../../__tests__/docs/repository.ts';
import { deploy, exampleParameters, roleIn } from '../../__tests__/setup/stack.ts';
import { region, roleArn } from './estate.ts';
import { startMoto } from './server.ts';
import { describeMoto } from './support.ts';

type Ask = (service: 'cloudformation' | 'iam', parameters: Readonly<Record<string, string>>) => Promise<string>;

/** Requests of the query protocol in the account of the examples, which moto knows by the role that was assumed. */
async function asker(url: string): Promise<Ask> {
  const sts = new STSClient({ endpoint: url, region, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'deploy' }));
  return async (service, parameters) => {
    const scope = `${Credentials?.AccessKeyId ?? ''}/20260101/${region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=any`;
    const body = new URLSearchParams(parameters);
    const answer = await fetch(url, { method: 'POST', headers: { authorization }, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
}

/** A policy document of an answer. moto gives inline policies as Python writes them, with other quotes than JSON. */
function documentIn(text: string, element: string): unknown {
  const found = new RegExp(`<${element}>(?<document>[^<]+)</${element}>`, 'u').exec(text)?.groups?.['document'];
  return JSON.parse(decodeURIComponent(found ?? '').replaceAll("'", '"'));
}

/** Of identity providers and role policies of a template moto knows nothing, and passes them over. */
describeMoto('setup/aws.yaml in the CloudFormation of moto', () => {
  it('makes the same roles and puts out the same values as where the tests carry it out', async () => {
    const moto = await startMoto();
    try {
      const ask = await asker(moto.url);
      const members = Object.entries(exampleParameters).flatMap(([key, value], index) => [
        [`Parameters.member.${index + 1}.ParameterKey`, key],
        [`Parameters.member.${index + 1}.ParameterValue`, value],
      ]);
      await ask('cloudformation', {
        Action: 'CreateStack',
        StackName: 'cloud-access',
        TemplateBody: readText('setup/aws.yaml'),
        ...(Object.fromEntries(members) as Readonly<Record<string, string>>),
      });
      const stack = deploy();
      for (const [name, role, policy] of [
        ['Broker', 'access-broker', 'leases'],
        ['Sweeper', 'access-sweeper', 'sweep'],
        ['Ender', 'access-ender', 'end-leases'],
      ] as const) {
        const made = await ask('iam', { Action: 'GetRole', RoleName: role });
        const inline = await ask('iam', { Action: 'GetRolePolicy', RoleName: role, PolicyName: policy });
        expect({
          trust: documentIn(made, 'AssumeRolePolicyDocument'),
          policy: documentIn(inline, 'PolicyDocument'),
        }).toEqual(roleIn(stack, name));
      }
      const told = await ask('cloudformation', { Action: 'DescribeStacks', StackName: 'cloud-access' });
      expect(told).toContain('<StackStatus>CREATE_COMPLETE</StackStatus>');
      for (const [key, { Value }] of Object.entries(stack.outputs))
        expect(told).toContain(`<OutputKey>${key}</OutputKey><OutputValue>${Value}</OutputValue>`);
    } finally {
      await moto.close();
    }
  }, 60_000);
});
