import { describe, expect, test } from '@jest/globals';

import { faultBlocks } from '../../../src/action/report/faults.ts';
import { realFaultsOf } from '../real-clouds.ts';

const guid = '11111111-2222-4333-8444-555555555555';
const given = {
  aws: {
    cloud: 'aws',
    'aws-region': 'us-east-1',
    principal: 'group:Payments On-Call',
    role: 'ReadOnlyAccess',
    target: '123456789012',
  },
  azure: {
    cloud: 'azure',
    'azure-client-id': guid,
    'azure-tenant-id': guid,
    'azure-subscription-id': guid,
    principal: 'group:Payments On-Call',
    role: 'Reader',
    target: 'resource-group:payments-prod',
  },
} as const;

/** Two correct values of every input that is a list. */
const lists = [
  ['aws', 'principal', ['group:Payments On-Call', 'user:ann@example.com']],
  ['aws', 'target', ['123456789012', '!account:payments-prod']],
  ['aws', 'role', ['ReadOnlyAccess', 'Billing']],
  ['aws', 'allowed-principals', ['group:Payments *', 'group:Auditors']],
  ['aws', 'allowed-targets', ['ou:/Workloads/**', 'account:payments-*']],
  ['aws', 'allowed-roles', ['Read*', 'Billing']],
  ['azure', 'principal', ['group:Payments On-Call', `app:${guid}`]],
  ['azure', 'target', ['subscription:payments', 'resource-group:x']],
  ['azure', 'role', ['Reader', 'Storage Blob Data Reader']],
  ['azure', 'allowed-principals', ['group:Payments *', 'group:Auditors']],
  ['azure', 'allowed-targets', ['subscription:payments', 'resource-group:x-*']],
  ['azure', 'allowed-roles', ['Reader', 'Storage *']],
] as const;

const expression = `\${{ join(fromJSON(inputs.list), fromJSON('"\\n"')) }}`;

/** The one reported fault, with the lines that it shows. */
function told(cloud: keyof typeof given, input: string, value: string): readonly [first: string, ...rest: string[]] {
  const faults = realFaultsOf({ ...given[cloud], [input]: value });
  expect(faults).toHaveLength(1);
  const [first = '', ...rest] = faultBlocks(faults).flat();
  expect(first.startsWith(`${input}: `)).toBe(true);
  return [first, ...rest];
}

describe.each(lists)('on %s, a list in %s that is not one value a line', (cloud, input, values) => {
  const block = values.map((it) => `  ${it}`);

  test('as toJSON prints it is one fault, with the expression, and its lines as they should be (P6)', () => {
    for (const text of [JSON.stringify(values, null, 2), JSON.stringify(values)]) {
      const [first, ...rest] = told(cloud, input, text);
      expect(first).toContain('a list in JSON');
      expect(first).toContain(expression);
      expect(rest).toEqual(block);
    }
  });

  test('with other quotes or a comma at its end is one fault', () => {
    expect(told(cloud, input, `[\n  '${values[0]}',\n  '${values[1]}',\n]`)).toEqual([
      expect.stringContaining('a list in brackets'),
      ...block,
    ]);
  });

  test.each([String.raw`\n`, String.raw`\r\n`])('joined by a literal %s is one fault (P6)', (escape) => {
    const [first, ...rest] = told(cloud, input, values.join(escape));
    expect(first).toContain(`The value has ${escape} between items`);
    expect(first).toContain(expression);
    expect(rest).toEqual(block);
  });

  test.each(['Array', 'Object', '[]', '{}', '{\n  "a": 1\n}', '[{ "a": 1 }]', '[["x"]]'])('%j is one fault', (text) => {
    expect(told(cloud, input, text)[0]).toMatch(/a list or an object|JSON/u);
  });

  test('with quotes, dashes or commas on each line is one fault', () => {
    const plain = values.filter((it) => !it.startsWith('!'));
    for (const [as, words] of [
      [(it: string) => `"${it}"`, 'The quotes in '],
      [(it: string) => `- ${it}`, 'The dash in '],
      [(it: string) => `- "${it}"`, 'The dash in '],
    ] as const) {
      const [first, ...rest] = told(cloud, input, plain.map(as).join('\n'));
      expect(first).toContain(words);
      expect(rest).toEqual(plain.map((it) => `  ${it}`));
    }
  });
});

const joined = (prefix: string): string => `${prefix}\${{ join(matrix.list, fromJSON('"\\n${prefix}"')) }}`;
const json = (items: readonly string[]): string => JSON.stringify(items, null, 2);

describe('toJSON of a list', () => {
  const behind = [
    ['aws', 'principal', 'group:'],
    ['aws', 'allowed-principals', 'user:'],
    ['aws', 'target', 'account:'],
    ['aws', 'target', 'ou:/Workloads/'],
    ['aws', 'allowed-targets', 'account:'],
    ['azure', 'principal', 'service-principal:'],
    ['azure', 'target', 'resource-group:'],
    ['azure', 'allowed-targets', 'subscription:'],
  ] as const;

  test.each(behind)(
    'on %s in %s after "%s" is one fault, whose expression has it before each',
    (cloud, input, prefix) => {
      for (const list of [json(['a', 'b']), '["a","b"]', '[ "a", "b", ]', `[\n  'a',\n  'b',\n]`]) {
        const [first, ...rest] = told(cloud, input, prefix + list);
        expect(first).toContain(`${input}: The value has a list in `);
        expect(first).toContain(joined(prefix));
        expect(rest).toEqual([`  ${prefix}a`, `  ${prefix}b`]);
      }
    },
  );

  test('with text after it, too', () => {
    const [first, ...rest] = told('aws', 'target', `ou:/${json(['A', 'B'])}/**`);
    expect(first).toContain(`ou:/\${{ join(matrix.list, fromJSON('"/**\\nou:/"')) }}/**`);
    expect(rest).toEqual(['  ou:/A/**', '  ou:/B/**']);
  });

  test.each(lists)(
    'on %s in %s among good lines is one fault, which shows all of them',
    (cloud, input, [first, second]) => {
      const block = json([second]);
      const [problem, ...rest] = told(cloud, input, `${first}\n${block}`);
      expect(problem).toContain('has a list in JSON');
      expect(rest).toEqual([`  ${first}`, `  ${second}`]);
      expect(told(cloud, input, `${json([first])}\r\n${block}`).slice(1)).toEqual(rest);
    },
  );

  test('of exclusions is one fault', () => {
    const [first, ...rest] = told('aws', 'target', `ou:/A/**\n!${json(['123456789012', 'account:b'])}`);
    expect(first).toContain(joined('!'));
    expect(rest).toEqual(['  ou:/A/**', '  !123456789012', '  !account:b']);
  });

  test('with a comma at its end in one line, and of nothing', () => {
    expect(told('aws', 'target', '["123456789012",]')).toEqual([
      expect.stringContaining('is a list in JSON'),
      '  123456789012',
    ]);
    for (const none of ['null', '[]', 'account:[]'])
      expect(told('aws', 'target', none)[0]).toContain('returned nothing');
  });
});

describe('toJSON of a text', () => {
  test.each(lists)('on %s in %s is one fault, with its lines', (cloud, input, values) => {
    for (const text of [values.join('\n'), `${values.join('\r\n')}\n`]) {
      const [first, ...rest] = told(cloud, input, JSON.stringify(text));
      expect(first).toContain(`${input}: The value is a text in JSON`);
      expect(first).toContain('Remove toJSON');
      expect(rest).toEqual(values.map((it) => `  ${it}`));
    }
  });

  test('several in one line are several', () => {
    for (const line of ['"group:a","group:b"', `'group:a', 'group:b'`, '"group:a"; "group:b",']) {
      expect(told('aws', 'principal', line)).toEqual([
        expect.stringContaining('There are several values'),
        '  group:a',
        '  group:b',
      ]);
    }
    expect(told('azure', 'role', '"Reader","Contributor"').slice(1)).toEqual(['  Reader', '  Contributor']);
    expect(told('azure', 'role', '"Reader",')).toEqual([expect.stringContaining('The quotes in '), '  Reader']);
  });
});

describe('a folded block', () => {
  test.each([
    ['aws', 'principal', ['group:A', 'group:B C', 'user:ann@example.com']],
    ['aws', 'allowed-principals', ['group:A*', 'user:*@example.com']],
    ['aws', 'target', ['account:a', 'account:b']],
    ['aws', 'target', ['ou:/A', 'ou:/B']],
    ['aws', 'target', ['ou:/A B/**', 'account:c']],
    ['aws', 'target', ['123456789012', '210987654321']],
    ['azure', 'principal', ['group:A', 'service-principal:b']],
    ['azure', 'target', ['subscription:A', 'resource-group:B']],
    ['azure', 'allowed-targets', ['management-group:A', 'management-group:B']],
  ] as const)('on %s in %s is one fault: %j', (cloud, input, values) => {
    const [first, ...rest] = told(cloud, input, values.join(' '));
    expect(first).toContain('Write one per line, with | instead of > before the block');
    expect(rest).toEqual(values.map((it) => `  ${it}`));
  });

  test('with exclusions is one fault', () => {
    for (const line of ['ou:/A/** !account:b', 'ou:/A !ou:/B'])
      expect(told('aws', 'target', line)[0]).toContain('Write one per line, with | instead of > before the block');
    expect(told('aws', 'target', 'ou:/A/**\n!account:a !account:b').slice(1)).toEqual([
      '  ou:ou-a1b2-c3d4e5f6/**',
      '  !account:a',
      '  !account:b',
    ]);
  });

  test.each(['group: user:odd 1', 'group:  group:A', 'group:Team A group', 'group:Group: A', 'user:ann group'])(
    'is not %s',
    (principal) => {
      expect(realFaultsOf({ ...given.aws, principal })).toEqual([]);
    },
  );
});

test.each(['allow-event', 'allowed-endpoints'])('%s recognizes such lists too', (input) => {
  const [first] = told('aws', input, '[\n  "workflow_run"\n]');
  expect(first).toContain('a list in JSON');
  expect(told('aws', input, String.raw`issue_comment\nworkflow_run`)[0]).toContain(String.raw`has \n between items`);
});

test('a name can have a backslash and an n in it', () => {
  expect(realFaultsOf({ ...given.aws, principal: String.raw`user:CORP\nancy` })).toEqual([]);
  expect(realFaultsOf({ ...given.aws, target: String.raw`account:a\nb` })).toEqual([]);
});

describe('an empty expression', () => {
  test.each(['h', 'm', 'PTH', 'PT', 'P', 'PD', 'hm', '1hm', 'h30m', 'PTHM', 'PT1HM'])(
    'in lifetime leaves %s',
    (value) => {
      expect(told('aws', 'lifetime', value)[0]).toContain('the expression before it returned nothing');
    },
  );

  test.each(['2x', '1.5h', 'forever', 'm2', '-1h'])('is not what %s comes from', (value) => {
    expect(told('aws', 'lifetime', value)[0]).not.toContain('returned nothing');
  });

  test('of a timeout and of max-lifetime no less', () => {
    for (const input of ['timeout', 'max-lifetime']) expect(told('aws', input, 'h')[0]).toContain('returned nothing');
  });
});
