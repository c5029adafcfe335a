import { action } from '../docs/repository.ts';
import { hostile } from '../scenario/hostile-texts.ts';
import type { Draw } from './draw.ts';

export type Given = Readonly<Record<string, string>>;

/** A correct step for each operation of each cloud, as a start. */
const right: readonly Given[] = [
  {
    cloud: 'aws',
    principal: 'group:Payments On-Call',
    role: 'ReadOnlyAccess',
    target: '123456789012',
    'aws-region': 'us-east-1',
  },
  {
    cloud: 'aws',
    operation: 'provision',
    role: '*',
    target: 'outdated',
    'aws-region': 'us-east-1',
  },
  {
    cloud: 'aws',
    operation: 'assign',
    principal: 'user:alice@example.com',
    role: 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-1a2b3c4d5e6f7081',
    target: 'ou:/Workloads/**\n!123456789012',
    lifetime: '2h',
    'keep-after-job': 'true',
    'aws-region': 'us-east-1',
    'aws-role-to-assume': 'arn:aws:iam::111122223333:role/access-broker',
    'aws-scheduler-role-arn': 'arn:aws:iam::111122223333:role/access-ender',
    'max-grants': '3',
    'max-lifetime': '4h',
  },
  { cloud: 'aws', operation: 'sweep', 'aws-region': 'us-east-1' },
  {
    cloud: 'azure',
    principal: 'service-principal:5e000000-0000-4000-8000-000000000001',
    role: 'Storage Blob Data Reader',
    target: 'resource-group:payments-prod',
    'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
    'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
    'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
    lifetime: '1h',
    'azure-pim': 'true',
    reason: 'INC-1',
  },
  {
    cloud: 'azure',
    operation: 'revoke',
    principal: 'group:Payments On-Call',
    role: 'Reader',
    target: '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod',
    'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
    'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
  },
];

/** The token is a secret, which is masked with any value. */
const names = Object.keys(action.inputs).filter((name) => name !== 'github-token');

/** Inputs after a typing error, an empty expression, or an attack. */
const odd: readonly string[] = [
  '',
  ' ',
  '\n\n',
  ',',
  '*',
  '**',
  '!',
  '!*',
  'any',
  'none',
  'null',
  'undefined',
  '[object Object]',
  'NaN',
  '-1',
  '0',
  '1e9',
  '٣',
  '0x10',
  'TRUE',
  'yes',
  'true ',
  '1.5h',
  '-2h',
  'PT',
  'P1Y',
  '99999999d',
  '2 h',
  'group:',
  'group: ',
  'user:',
  ':',
  'Group:x',
  'group::x',
  'ou:',
  'ou:/',
  'ou:/**',
  'ou:**',
  'account:',
  '12345678901',
  '１２３４５６７８９０１２',
  'all',
  'ALL',
  'arn:aws:iam::1:role/x',
  'arn:aws:iam::111122223333:user/x',
  'arn:aws:sso:::permissionSet/x',
  '/subscriptions/',
  '/subscriptions/../../',
  '//',
  '/subscriptions/11111111-2222-4333-8444-555555555501/../..',
  'resource-group:',
  'management-group:*',
  'https://',
  'http://169.254.169.254/',
  'file:///etc/passwd',
  'https://user:secret@example.com',
  '../../../etc/passwd',
  '\u202Eevil',
  '\uFEFFaws',
  'a\u0000b',
  '${{ secrets.TOKEN }}',
  '$(id)',
  '; rm -rf /',
  '{"a":1}',
  '[]',
  'ca1.',
  'ca1.e30',
  'sha256:',
  'sha256:zz',
  '00000000-0000-0000-0000-000000000000',
  '72f988bf-0000-4000-8000-00000000000',
  'us-east-1 ',
  'us_east_1',
  '-',
  'x'.repeat(3_000),
  'principal\n'.repeat(500),
  ...hostile.map(([, text]) => text),
];

/** Damages one to four inputs of a correct step. */
export function malformed(draw: Draw): Given {
  const step: Record<string, string> = { ...draw.pick(right) };
  draw.times(1, 4, () => {
    const name = draw.percent(60) ? draw.pick(Object.keys(step)) : draw.pick(names);
    step[name] = spoilt(step[name] ?? '', draw);
  });
  return step;
}

function spoilt(value: string, draw: Draw): string {
  const at = draw.int(value.length + 1);
  switch (draw.int(6)) {
    case 0:
      return value.slice(0, at) + draw.pick(odd) + value.slice(at);
    case 1:
      return value.slice(0, at);
    case 2:
      return `${value}\n${draw.pick(odd)}`;
    case 3:
      return value.slice(0, at) + String.fromCodePoint(draw.int(0x3000)) + value.slice(at + 1);
    default:
      return draw.pick(odd);
  }
}
