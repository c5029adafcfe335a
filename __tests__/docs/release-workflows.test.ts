import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { releaseCommand } from '../../src/action/messages/report.ts';
import { readText } from './repository.ts';
import { workflowFiles } from './yaml-examples.ts';

interface Workflow {
  readonly on: {
    readonly workflow_dispatch?: { readonly inputs: Readonly<Record<string, { readonly required?: boolean }>> };
  };
}

test.each(['aws', 'azure'])('the command that a summary shows runs a workflow of setup/workflows/%s', (cloud) => {
  const name = /releaseWorkflow: '(?<name>[^']+)'/u.exec(readText(`src/${cloud}/cloud.ts`))?.groups?.['name'] ?? '';
  const file = `setup/workflows/${cloud}/${name}`;
  expect(workflowFiles).toContain(file);
  const { on } = parse(readText(file)) as Workflow;
  expect(Object.keys(on.workflow_dispatch?.inputs ?? {})).toEqual(['lease-id']);
  expect(releaseCommand(name, 'octo-org/infra', 'x')).toBe(
    `gh workflow run ${name} --repo octo-org/infra --field lease-id=x`,
  );
});
