import { describe, expect, it } from '@jest/globals';
import { aws, azure, grammarOf, path, readText, withRows } from './grammar.ts';

const whole = `version: 1
cloud: aws
owns:
  roles: [IncidentAdmin, ReadOnlyAccess]
  targets: ['ou:/Workloads/**', '!account:sandbox']
ignore:
  - principal: group:Break Glass
    role: '*'
    target: ou:/Workloads/**
grants:
  - principal: group:Payments On-Call
    role: [IncidentAdmin, ReadOnlyAccess]
    target: account:payments-prod
    note: ticket 4711
  - principal: user:contractor@example.com
    role: ReadOnlyAccess
    target: ou:/Workloads/Staging
    expires: 2027-01-31
`;

const none = { condition: null, description: null };

describe('an access file', () => {
  it('is read whole, with the place of each row', () => {
    const { files, faults } = readText(whole);
    expect(faults).toEqual([]);
    expect(files).toEqual([
      {
        path,
        blob: 'b10b',
        owns: {
          place: { file: path, line: 4, column: 3 },
          principals: null,
          principalTypes: null,
          roles: [
            { text: 'IncidentAdmin', kind: 'permission-set-name', value: 'IncidentAdmin' },
            { text: 'ReadOnlyAccess', kind: 'permission-set-name', value: 'ReadOnlyAccess' },
          ],
          targets: [{ text: 'ou:/Workloads/**', kind: 'ou-path-below', value: '/Workloads' }],
          exclusions: [{ text: 'account:sandbox', kind: 'account-name', value: 'sandbox' }],
          below: false,
        },
        ignore: [
          {
            place: { file: path, line: 7, column: 5 },
            principals: [{ text: 'group:Break Glass', kind: 'group-name', value: 'Break Glass' }],
            principalTypes: null,
            roles: null,
            targets: [{ text: 'ou:/Workloads/**', kind: 'ou-path-below', value: '/Workloads' }],
            exclusions: [],
            below: false,
          },
        ],
        grants: [
          {
            place: { file: path, line: 11, column: 5 },
            principals: [{ text: 'group:Payments On-Call', kind: 'group-name', value: 'Payments On-Call' }],
            roles: [
              { text: 'IncidentAdmin', kind: 'permission-set-name', value: 'IncidentAdmin' },
              { text: 'ReadOnlyAccess', kind: 'permission-set-name', value: 'ReadOnlyAccess' },
            ],
            targets: [{ text: 'account:payments-prod', kind: 'account-name', value: 'payments-prod' }],
            exclusions: [],
            expires: null,
            note: 'ticket 4711',
            properties: none,
          },
          {
            place: { file: path, line: 15, column: 5 },
            principals: [{ text: 'user:contractor@example.com', kind: 'user-name', value: 'contractor@example.com' }],
            roles: [{ text: 'ReadOnlyAccess', kind: 'permission-set-name', value: 'ReadOnlyAccess' }],
            targets: [{ text: 'ou:/Workloads/Staging', kind: 'ou-path', value: '/Workloads/Staging' }],
            exclusions: [],
            expires: Date.UTC(2027, 0, 31),
            note: null,
            properties: none,
          },
        ],
      },
    ]);
  });

  it('can have no rows, and then is a file that owns everything or nothing', () => {
    const { files, faults } = readText('version: 1\ncloud: aws\ngrants: []\n');
    expect(faults).toEqual([]);
    expect(files[0]).toMatchObject({ owns: null, ignore: [], grants: [] });
  });

  it.each([
    ['123456789012', '123456789012'],
    ["'123456789012'", '123456789012'],
    ['000000000123', '000000000123'],
    ['account:0123', '0123'],
    ['account:yes', 'yes'],
    ['account:2027-01-31', '2027-01-31'],
    ['account:1e3', '1e3'],
    ['account:0x1F', '0x1F'],
  ])('has the text of a value as it is written: %s', (written, value) => {
    const { files, faults } = readText(withRows(`  - {principal: group:A, role: R, target: ${written}}\n`));
    expect(faults).toEqual([]);
    expect(files[0]?.grants[0]?.targets[0]?.value).toBe(value);
  });

  it.each(['yes', 'no', 'true', 'off', '0123', '1_000', '1.0', '.inf', '2027-01-31', '0o17'])(
    'has a role that is called %s',
    (name) => {
      const { files, faults } = readText(
        withRows(`  - principal: group:A\n    role: ${name}\n    target: account:a`, 'azure').replace(
          'account:a',
          'resource-group:a',
        ),
        azure,
      );
      expect(faults).toEqual([]);
      expect(files[0]?.grants[0]?.roles[0]?.value).toBe(name);
    },
  );

  it('can be JSON, which is YAML', () => {
    const row = { principal: ['group:A'], role: 'R', target: ['123456789012', '!account:a'] };
    const { files, faults } = readText(JSON.stringify({ version: '1', cloud: 'aws', grants: [row] }));
    expect(faults).toEqual([]);
    expect(files[0]?.grants[0]?.exclusions).toEqual([{ text: 'account:a', kind: 'account-name', value: 'a' }]);
  });

  it('has the same line once', () => {
    const { files } = readText(
      withRows('  - principal: [group:A, "group:A ", group:A]\n    role: R\n    target: account:a'),
    );
    expect(files[0]?.grants[0]?.principals).toHaveLength(1);
  });

  it('of Azure has conditions, descriptions, lower scopes, and owns users and groups unless it says more', () => {
    const text = `version: 1
cloud: azure
owns:
  roles: '*'
  targets: management-group:platform
  below: true
grants:
  - principal: app:0a1b2c3d-1111-4222-8333-444455556666
    role: Reader
    target: resource-group:payments-prod
    description: ticket 4711
    condition: >-
      ((!(ActionMatches{'x'})))
`;
    const { files, faults } = readText(text, azure);
    expect(faults).toEqual([]);
    expect(files[0]?.owns).toMatchObject({ roles: null, below: true, principalTypes: ['User', 'Group'] });
    expect(files[0]?.grants[0]?.properties).toEqual({
      condition: "((!(ActionMatches{'x'})))",
      description: 'ticket 4711',
    });
    const more = text.replace('  below', '  principals: [ServicePrincipal]\n  below');
    expect(readText(more, azure).files[0]?.owns?.principalTypes).toEqual(['ServicePrincipal']);
  });

  it('has principals without a prefix where principal-type gives their type', () => {
    const rows = withRows('  - {principal: Payments, role: R, target: account:a}');
    expect(readText(rows, grammarOf('aws', { 'principal-type': 'GROUP' })).files[0]?.grants[0]?.principals).toEqual([
      { text: 'Payments', kind: 'group-name', value: 'Payments' },
    ]);
    expect(readText(rows, aws).faults).toHaveLength(1);
  });

  it('ignores everything of a part by *', () => {
    const text = `version: 1\ncloud: aws\ngrants: []\nignore:\n  - {principal: '*', role: '*', target: ['*', '!account:a']}\n`;
    expect(readText(text).faults).toEqual([]);
    expect(readText(text).files[0]?.ignore[0]).toMatchObject({
      principals: null,
      roles: null,
      targets: null,
      exclusions: [{ value: 'a' }],
    });
  });
});
