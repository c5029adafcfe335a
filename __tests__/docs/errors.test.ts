import { describe, expect, it } from '@jest/globals';
import { CloudError } from '../../src/access/errors.ts';
import { classify } from '../../src/aws/failures.ts';
import { explainFailureReason } from '../../src/aws/hints.ts';
import { ErrorAnswer } from '../../src/azure/answer.ts';
import { environments } from '../../src/azure/environments.ts';
import { classify as classifyAzure } from '../../src/azure/failures.ts';
import { refusedSignIn } from '../../src/azure/refused-sign-in.ts';
import { firstColumn, section } from './markdown.ts';
import { readText, sources } from './repository.ts';

const readme = readText('README.md');
const spans = (heading: string): readonly string[] => firstColumn(section(readme, heading));

describe('the tables of what this action says', () => {
  const listed = [
    ...['', ' on AWS', ' on Azure'].flatMap((where) => spans(`### What this action says${where}`)),
    ...firstColumn(section(readText('docs/leases.md'), '## What the action says of leases')),
  ];
  // A quote inside a text stands escaped in the source.
  const code = sources().replaceAll("\\'", "'");

  it.each(listed)('“%s” is what the source says', (text) => {
    const fragments = text.split('…').filter((fragment) => /\w{3}/u.test(fragment));
    expect(fragments.length).toBeGreaterThan(0);
    expect(fragments.filter((fragment) => !code.includes(fragment.trim()))).toEqual([]);
  });
});

describe('the table of what AWS says', () => {
  it.each(spans('### What AWS says'))('“%s” comes with a hint', (text) => {
    const [, name, message = ''] =
      /^(?<name>[A-Z]\w*(?:Exception|Error)|E[A-Z]+)(?:: (?<message>.*))?$/su.exec(text) ?? [];
    if (name === undefined) expect(explainFailureReason(text).hint).not.toBeNull();
    else expect(classify(answer(name, message), 'sso:CreateAccountAssignment').hint).not.toBeNull();
  });
});

/** An SDK's error: network errors have a code and no answer. */
function answer(name: string, message: string): object {
  return name.endsWith('Exception')
    ? { name, message, $metadata: { httpStatusCode: 400 } }
    : { name, code: name, message };
}

/** Where a code comes from, if not from writing a role assignment with HTTP 400. Source: azure-rbac §2.8, §5. */
const write = 'Microsoft.Authorization/roleAssignments/write';
const origins: Readonly<Record<string, { readonly status?: number; readonly operation?: string }>> = {
  AuthorizationFailed: { status: 403 },
  LinkedAuthorizationFailed: { status: 403 },
  RequestDisallowedByPolicy: { status: 403 },
  Authorization_RequestDenied: { status: 403, operation: 'Microsoft Graph GET /v1.0/groups' },
  InvalidAuthenticationToken: { status: 401 },
  ExpiredAuthenticationToken: { status: 401 },
  AuthenticationFailed: { status: 401 },
  RoleAssignmentExists: { status: 409 },
  ScopeLocked: { status: 409 },
  ReadOnlyDisabledSubscription: { status: 409 },
  TooManyRequests: { status: 429 },
};

/** @param text a code or, where Azure's codes are not documented, the whole message */
function hintOnAzure(text: string): string | null {
  const [code, message] = text.includes(' ') ? ['BadRequest', text] : [text, 'no'];
  const { status = 400, operation = write } = origins[code] ?? {};
  const isNetwork = /^E[A-Z]+$|Error$/u.test(code);
  const error = isNetwork
    ? Object.assign(new Error('no answer'), { name: code, code })
    : new ErrorAnswer({ status, code, message, requestId: 'id', retryAfterMs: null });
  return classifyAzure(error, operation).hint;
}

describe('the table of what Azure says', () => {
  const listed = spans('### What Azure says');

  it.each(listed)('“%s” comes with a hint of its own', (code) => {
    expect(hintOnAzure('NobodyKnowsThisCode')).not.toBeNull();
    expect(hintOnAzure(code)).not.toBe(hintOnAzure('NobodyKnowsThisCode'));
  });

  it('has every code that comes with a hint of its own', () => {
    const hints = readText('src/azure/hints.ts');
    const single = [...hints.matchAll(/\bcode\(\s*'(?<code>\w+)'/gu)].map(({ groups }) => groups?.['code'] ?? '');
    const several = [...hints.matchAll(/\/\^\(\?:(?<codes>[\w|]+)\)/gu)].flatMap(
      ({ groups }) => groups?.['codes']?.split('|') ?? [],
    );
    expect(single.length).toBeGreaterThan(5);
    expect(several.length).toBeGreaterThan(5);
    const codes = [...single, ...several].filter((code) => /^[A-Z]\w+$/u.test(code));
    expect(listed).toEqual(expect.arrayContaining(codes));
  });
});

describe('the table of what Microsoft Entra says', () => {
  const listed = spans('### What Microsoft Entra says');
  const refusal = (code: string): string =>
    refusedSignIn(
      new CloudError({
        kind: 'denied',
        operation: 'POST token',
        code,
        message: 'no',
        requestId: 'id',
        retryAfterMs: null,
        hint: null,
      }),
      { kind: 'federated', clientId: 'c', tenantId: 't', audience: 'a' },
      environments.AzureCloud,
      { jwt: 'x.y.z', claims: { iss: 'i', sub: 's', aud: 'a' } },
    ).hint;

  // An ended ID token is tried again, so that it is no refusal; what an Azure CLI session does is explained by itself.
  it.each(listed.filter((code) => code !== 'AADSTS700024'))('“%s” comes with a hint of its own', (code) => {
    expect(refusal(code)).not.toBe(refusal('AADSTS1'));
  });

  it('has every code that the source knows', () => {
    const known = new Set([...sources('src/azure').matchAll(/AADSTS\d+/gu)].map(([code]) => code));
    expect([...known].toSorted()).toEqual([...listed].toSorted());
  });
});
