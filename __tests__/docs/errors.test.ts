import { describe, expect, it } from '@jest/globals';
import { CloudError } from '../../src/access/errors.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { classify } from '../../src/aws/failures.ts';
import { explainFailureReason } from '../../src/aws/failure-reasons.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { ErrorAnswer } from '../../src/azure/answer.ts';
import { environments } from '../../src/azure/sign-in/environments.ts';
import { classify as classifyAzure } from '../../src/azure/failures.ts';
import { refusedSignIn } from '../../src/azure/sign-in/refused-sign-in.ts';
import { firstColumn, section } from './markdown.ts';
import { readText, sources } from './repository.ts';

const troubleshooting = readText('docs/troubleshooting.md');
const spans = (heading: string): readonly string[] => firstColumn(section(troubleshooting, heading));

/** A row of a table of what a cloud says: errors, and the request that they answer where that matters. */
interface Row {
  readonly errors: readonly string[];
  readonly operation: string | undefined;
}

const isOperation = (span: string): boolean =>
  /^(?:[a-z]+:[A-Z]\w+|Microsoft\.\w+\/[\w/]+|(?:GET|POST) \/.+)$/u.test(span);

function rows(heading: string): readonly Row[] {
  return section(troubleshooting, heading)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const all = [...(line.split(' | ')[0] ?? '').matchAll(/`(?<code>[^`]+)`/gu)].map(
        ({ groups }) => groups?.['code'] ?? '',
      );
      return { errors: all.filter((span) => !isOperation(span)), operation: all.find(isOperation) };
    });
}

/** What is said in the texts of a file of hints: the parts between what varies, as far as they are sentences. */
function advice(file: string): readonly string[] {
  const code = readText(file)
    .replaceAll(/\/\*\*[^]*?\*\/|\/\/.*$|\/(?:[^/\n\\]|\\.)+\/i?s?u/gmu, '')
    // A template within a template.
    .replaceAll(/\$\{[^`}]*`[^`]*`\}/gu, '${}');
  return [...code.matchAll(/'(?<plain>[^'\n]+)'|`(?<template>(?:[^`]|\$\{[^}]*\})*?)`/gu)]
    .flatMap(({ groups }) => (groups?.['plain'] ?? groups?.['template'] ?? '').split(/\$\{[^}]*\}/u))
    .filter((text) => text.split(' ').length > 5)
    .map((text) => text.trim());
}

describe('the tables of what this action says (P9)', () => {
  const listed = [
    ...['', ' on AWS', ' on Azure'].flatMap((where) => spans(`## What this action says${where}`)),
    ...['', ' on Azure'].flatMap((where) => spans(`## What the action says of leases${where}`)),
  ];
  // What uselessInputs() says of each input that needs another.
  const useless = [awsDeclaration, azureDeclaration]
    .flatMap(({ inputs }) => Object.values(inputs))
    .map(({ needs = '' }) => `This input has no effect without ${needs}`);
  // A quote inside a text stands escaped in the source, and what notStarted() says stands before its text.
  const code = [sources(), ...useless]
    .join('\n')
    .replaceAll("\\'", "'")
    .replaceAll(/notStarted\(\s*`/gu, '`Not started: ');

  it.each(listed)('“%s” is what the source says', (text) => {
    const fragments = text.split('…').filter((fragment) => /\w{3}/u.test(fragment));
    expect(fragments.length).toBeGreaterThan(0);
    expect(fragments.filter((fragment) => !code.includes(fragment.trim()))).toEqual([]);
  });
});

describe('the table of what AWS says', () => {
  const listed = rows('## What AWS says');

  it.each(listed)('$errors comes with a hint', ({ errors, operation }) => {
    expect(hintsOnAws({ errors, operation }).filter((hint) => hint === null)).toEqual([]);
  });

  it('leads to every advice that the source has (P9)', () => {
    const ofNoOwner = classify(answer('AccessDeniedException', 'no'), 'sso:ListInstances', {
      caller: '1',
      owner: null,
    });
    const denied = answer('AccessDeniedException', 'with an explicit deny in a service control policy');
    const ofDeletion = classify(denied, 'sso:DeleteAccountAssignment');
    const given = [...[...listed, absent].flatMap(hintsOnAws), ofNoOwner.hint, ofDeletion.hint].join('\n');
    const known = ['src/aws/hints.ts', 'src/aws/failure-reasons.ts'].flatMap(advice);
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter((text) => !given.includes(text))).toEqual([]);
  });
});

/** It stands among what the action says: no request was made. */
const absent: Row = { errors: ['CredentialsProviderError'], operation: undefined };

/** What is advised for each error of a row: codes, reasons of KMS, or the reasons that operations end with. */
function hintsOnAws({ errors, operation }: Row): readonly (string | null)[] {
  const kms = errors.find((text) => text.startsWith('KMS_'));
  return errors
    .filter((text) => text !== kms)
    .flatMap((text) => {
      const [, name, message = ''] =
        /^(?<name>[A-Z]\w*(?:Exception|Error)|(?:Invalid|Packed|Malformed|AccessDenied|Incomplete|Signature)\w*|E[A-Z]+|HTTP \d+)(?:: (?<message>.*))?$/su.exec(
          text,
        ) ?? [];
      if (name === undefined) return [false, true].map((isOwner) => explainFailureReason(text, isOwner).hint);
      const asked = operation ?? 'sso:CreateAccountAssignment';
      const error = answer(name, message.replace('sso:…', asked));
      const accounts = { caller: '111122223333', owner: '444455556666' };
      return [classify(kms === undefined ? error : Object.assign(error, { Reason: kms }), asked, accounts).hint];
    });
}

/** An SDK's error: network errors have a code and no answer. */
function answer(name: string, message: string): Error {
  const status = Number(/^HTTP (?<status>\d+)$/u.exec(name)?.groups?.['status'] ?? 400);
  const isAnswer = !/^E[A-Z]+$|Error$/u.test(name);
  const members = isAnswer ? { name, $metadata: { httpStatusCode: status } } : { name, code: name };
  return Object.assign(new Error(message), members);
}

/**
 * Where a code comes from, if not from writing a role assignment with HTTP 400. Source:
 * docs/design/azure.md#error-codes, docs/design/azure.md#microsoft-graph.
 */
const write = 'Microsoft.Authorization/roleAssignments/write';
const origins: Readonly<Record<string, { readonly status?: number; readonly operation?: string }>> = {
  AuthorizationFailed: { status: 403 },
  DenyAssignmentAuthorizationFailed: { status: 403 },
  LinkedAuthorizationFailed: { status: 403 },
  RequestDisallowedByPolicy: { status: 403 },
  Forbidden: { status: 403 },
  Authorization_RequestDenied: { status: 403, operation: 'Microsoft Graph GET /v1.0/groups' },
  InvalidAuthenticationToken: { status: 401 },
  InvalidAuthenticationTokenTenant: { status: 401 },
  ExpiredAuthenticationToken: { status: 401 },
  AuthenticationFailed: { status: 401 },
  RoleAssignmentExists: { status: 409 },
  ScopeLocked: { status: 409 },
  ReadOnlyDisabledSubscription: { status: 409 },
  TooManyRequests: { status: 429 },
};

/** @param text a code, with its message behind a colon, or, where Azure's codes are not documented, the whole message */
function hintOnAzure(text: string, from?: string): string | null {
  const isCode = /^(?:HTTP \d+|\w+)(?:: |$)/u.test(text);
  const [code = '', message = 'no'] = isCode ? text.split(': ') : ['BadRequest', text];
  const { status = 400, operation = write } = origins[code] ?? {};
  const isNetwork = /^E[A-Z]+$|Error$/u.test(code);
  const error = isNetwork
    ? Object.assign(new Error('no answer'), { name: code, code })
    : new ErrorAnswer({ status, code, message, requestId: 'id', retryAfterMs: null });
  return classifyAzure(error, from ?? operation).hint;
}

const request = 'Microsoft.Authorization/roleAssignmentScheduleRequests/write';

describe.each([
  ['Azure', 'src/azure/hints.ts', write],
  ['Privileged Identity Management', 'src/azure/leases/pim/hints.ts', request],
])('the table of what %s says', (who, file, usual) => {
  const listed = rows(`## What ${who} says`);
  const from = (operation: string | undefined): string | undefined =>
    operation ?? (usual === write ? undefined : usual);
  const unknown = hintOnAzure('NobodyKnowsThisCode');

  it.each(listed)('$errors comes with a hint of its own', ({ errors, operation }) => {
    expect(unknown).not.toBeNull();
    for (const text of errors) expect(hintOnAzure(text, from(operation))).not.toBe(unknown);
  });

  it('leads to every advice that the source has (P9)', () => {
    const given = listed.flatMap(({ errors, operation }) => errors.map((text) => hintOnAzure(text, from(operation))));
    const text = [...given, unknown].join('\n');
    expect(advice(file).length).toBeGreaterThan(10);
    expect(advice(file).filter((it) => !text.includes(it))).toEqual([]);
  });

  it('has every code that comes with a hint of its own', () => {
    const hints = readText(file);
    const single = [...hints.matchAll(/\bcode\(\s*'(?<code>\w+)'/gu)].map(({ groups }) => groups?.['code'] ?? '');
    const several = [...hints.matchAll(/\/\^\(\?:(?<codes>[\w|]+)\)/gu)].flatMap(
      ({ groups }) => groups?.['codes']?.split('|') ?? [],
    );
    const named = [...hints.matchAll(/=== '(?<code>[A-Z]\w+)'/gu)].map(({ groups }) => groups?.['code'] ?? '');
    expect(single.length).toBeGreaterThan(5);
    const codes = [...single, ...several, ...named].filter((code) => /^[A-Z]\w+$/u.test(code));
    const shown = listed.flatMap(({ errors }) => errors.map((text) => text.split(': ')[0]));
    expect(shown).toEqual(expect.arrayContaining(codes));
  });
});

describe('the table of what Microsoft Entra says', () => {
  const listed = spans('## What Microsoft Entra says');
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
      { jwt: 'x.y.z', claims: { iss: 'i', sub: 'repo:o/r:environment:e', environment: 'e', aud: 'a' } },
    ).hint;

  const passes = (code: string): boolean =>
    classifyAzure(
      new ErrorAnswer({ status: 400, code, message: 'no', requestId: 'id', retryAfterMs: null }),
      'POST token',
    ).kind === 'unavailable';

  // What is tried again is no refusal.
  it.each(listed.filter((code) => !passes(code)))('“%s” comes with a hint of its own', (code) => {
    expect(refusal(code)).not.toBe(refusal('AADSTS1'));
  });

  it('has every code that the source knows', () => {
    const known = new Set([...sources('src/azure').matchAll(/AADSTS\d+/gu)].map(([code]) => code));
    expect([...known].toSorted()).toEqual([...listed].toSorted());
  });
});
