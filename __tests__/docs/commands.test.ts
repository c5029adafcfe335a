import * as scheduler from '@aws-sdk/client-scheduler';
import * as ssoAdmin from '@aws-sdk/client-sso-admin';
import { describe, expect, it } from '@jest/globals';
import { blocks, section } from './markdown.ts';
import { documents, readText } from './repository.ts';

/** What the AWS CLI adds to the members of a request. */
const ofTheCli: ReadonlySet<string> = new Set(['region', 'query', 'output', 'cli-input-json']);

const services: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { 'sso-admin': ssoAdmin, scheduler };

interface Command {
  readonly service: string;
  /** As the service names it. */
  readonly operation: string;
  readonly options: readonly string[];
}

function pascal(kebab: string): string {
  return kebab.replaceAll(/(?:^|-)(?<letter>[a-z])/gu, (_whole, letter: string) => letter.toUpperCase());
}

/** Every call of the AWS CLI in the shell blocks of a document. */
function awsCommands(markdown: string): readonly Command[] {
  const scripts = blocks(markdown)
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => text.replaceAll('\\\n', ' '));
  return scripts
    .flatMap((text) => [...text.matchAll(/\baws (?<service>[a-z-]+) (?<operation>[a-z-]+)(?<rest>.*)$/gmu)])
    .map(({ groups }) => ({
      service: groups?.['service'] ?? '',
      operation: pascal(groups?.['operation'] ?? ''),
      options: [...(groups?.['rest'] ?? '').matchAll(/ --(?<name>[a-z-]+)/gu)].map(
        ({ groups: it }) => it?.['name'] ?? '',
      ),
    }));
}

/** The members of a request, by the SDK's own schema: [kind, namespace, name, traits, members, …]. */
function membersOf({ service, operation }: Command): readonly string[] {
  const shapes = services[service] ?? {};
  const schema = shapes[`${operation}Request$`] ?? shapes[`${operation}Input$`];
  return Array.isArray(schema) ? ((schema as readonly (readonly string[])[])[4] ?? []) : [];
}

const commands = documents.flatMap((name) =>
  awsCommands(readText(name))
    .filter(({ service }) => service in services)
    .map((command) => ({ ...command, name })),
);

describe('commands of the AWS CLI in the documents', () => {
  it('are there, and would be seen if they were wrong', () => {
    expect(commands.length).toBeGreaterThan(5);
    expect(membersOf({ service: 'sso-admin', operation: 'DeleteAccountAssignments', options: [] })).toEqual([]);
  });

  it.each(commands)('$service $operation in $name takes the options that it is given', (command) => {
    const members = membersOf(command);
    const unknown = command.options.filter((option) => !ofTheCli.has(option) && !members.includes(pascal(option)));
    expect(members).not.toEqual([]);
    expect(unknown).toEqual([]);
  });

  it('by which a lease is ended by hand need no more than the sweeper has, but for one that is named', () => {
    const guide = section(readText('docs/emergencies.md'), '## On AWS, by hand');
    const allowed = readText('docs/policies/lease-sweeper.json');
    const actions = awsCommands(guide).map(
      ({ service, operation }) => `${service === 'sso-admin' ? 'sso' : service}:${operation}`,
    );
    expect(actions).toContain('sso:DeleteAccountAssignment');
    const besides = new Set(actions.filter((action) => !allowed.includes(`"${action}"`)));
    expect([...besides]).toEqual(['sso:ListAccountAssignmentsForPrincipal']);
    for (const action of besides) expect(guide).toContain(`\`${action}\``);
  });
});
