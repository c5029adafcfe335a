import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { CloudError, type Refusal } from '../../src/access/errors.ts';
import type { IdentityToken } from '../../src/access/identity-token.ts';
import { classify as classifyAws } from '../../src/aws/failures.ts';
import { refusedSignIn as refusedByAws } from '../../src/aws/sign-in/refused-sign-in.ts';
import { ErrorAnswer } from '../../src/azure/answer.ts';
import { classify as classifyAzure } from '../../src/azure/failures.ts';
import { environments } from '../../src/azure/sign-in/environments.ts';
import { refusedSignIn as refusedByEntra } from '../../src/azure/sign-in/refused-sign-in.ts';
import { readText, sources } from './repository.ts';

/* A text that names a fix is followed: nobody may be less safe afterwards (P9). */

const subjects = ['ref:refs/heads/main', 'ref:refs/heads/x', 'ref:refs/tags/v1', 'pull_request', 'workflow'].flatMap(
  (rest) => [`repo:octo-org/infra:${rest}`, `repo:octo-org@9919/infra@74901:${rest}`],
);
const issuers = ['https://token.actions.githubusercontent.com', 'https://ghes.octo.example/_services/token'];

function token(sub: string, iss: string, environment?: string): IdentityToken {
  const claims = { sub, iss, aud: 'audience', repository_id: '74901', job_workflow_ref: 'octo-org/infra/x.yml@main' };
  return { jwt: 'x.y.z', claims: environment === undefined ? claims : { ...claims, environment } };
}

/** Every code that the source knows, and ones that it does not. */
const entraCodes = [...new Set(sources('src/azure').match(/AADSTS\d+/gu)), 'AADSTS1', 'AADSTS53003'];
const stsAnswers: readonly (readonly [code: string, message: string])[] = [
  ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
  ['InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x'],
  ['InvalidIdentityToken', 'Incorrect token audience'],
  ['InvalidIdentityToken', "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"],
  ['InvalidIdentityToken', 'something else'],
  ...['ExpiredTokenException', 'RegionDisabledException', 'PackedPolicyTooLarge', 'Unheard'].map(
    (code) => [code, 'no'] as const,
  ),
];

const signIn = { kind: 'federated', clientId: 'c', tenantId: 't', audience: 'audience' } as const;

function everyRefusal(of: IdentityToken): readonly Refusal[] {
  const byEntra = entraCodes.map((code) => {
    const answer = new ErrorAnswer({ status: 401, code, message: 'no', requestId: 'id', retryAfterMs: null });
    const error = new CloudError(classifyAzure(answer, 'POST https://login.example/t/oauth2/v2.0/token'));
    return refusedByEntra(error, signIn, environments.AzureCloud, of);
  });
  const bySts = stsAnswers.map(([name, message]) => {
    const answer = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403 } });
    const error = new CloudError(classifyAws(answer, 'sts:AssumeRoleWithWebIdentity'));
    return refusedByAws(error, { roleArn: 'arn:aws:iam::111122223333:role/broker' }, of);
  });
  return [...byEntra, ...bySts];
}

/** What makes, or widens, a trust by pasting it. */
const commands = /federated-credential|\baz |create-open-id|update-assume-role|--subject|StringLike|ForA(?:ll|ny)/u;
const wildcards = /repo:[^\s)]*\*|sub[^.]*\*/u;

describe.each(issuers)('a refused sign-in with a token of %s', (iss) => {
  it.each(subjects)(
    'and the subject %s, which everybody who can push may cause, proposes nothing to trust (P9)',
    (sub) => {
      for (const { message, hint, details } of everyRefusal(token(sub, iss))) {
        expect(message + hint).not.toContain(sub);
        expect(message + hint).not.toMatch(/:sub\b|:ref:|repo:/u);
        expect([message, hint, ...details].join('\n')).not.toMatch(commands);
        expect([message, hint, ...details].join('\n')).not.toMatch(wildcards);
        expect(details.filter((line) => line.includes(sub))).toEqual([`  sub: ${sub}`]);
        for (const claim of ['aud: audience', `iss: ${iss}`, 'repository_id: 74901', 'job_workflow_ref: octo-org'])
          expect(details.join('\n')).toContain(`  ${claim}`);
        expect(details.slice(0, 2).join('\n')).toMatch(/The job lacks this line:\n {2}environment: <name of the/u);
      }
    },
  );

  it('speaks of the environment first, wherever it speaks of a trust', () => {
    for (const { hint } of everyRefusal(token(subjects[0] ?? '', iss)))
      expect(
        !/No federated credential|trust policy/u.test(hint) || hint.startsWith('The job runs in no environment.'),
      ).toBe(true);
  });

  it.each([
    ['repo:octo-org/infra:environment:evil', 'evil'],
    ['repo:octo-org/infra', 'evil'],
  ])(
    'and the subject %s of the environment %s has no command either: GitHub makes one for any job (P9)',
    (sub, environment) => {
      for (const { message, hint, details } of everyRefusal(token(sub, iss, environment))) {
        expect([message, hint, ...details].join('\n')).not.toMatch(commands);
        expect([message, hint, ...details].join('\n')).not.toMatch(wildcards);
      }
    },
  );
});

/** What is said, put together from its parts; what varies is `…`. `null` for what is no text. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    const parts = node.templateSpans.map(({ expression, literal }) => `${textOf(expression) ?? '…'}${literal.text}`);
    return [node.head.text, ...parts].join('');
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return null;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === null && right === null ? null : `${left ?? '…'}${right ?? '…'}`;
}

function textsIn(node: ts.Node): readonly string[] {
  const text = textOf(node);
  if (text !== null) return [text];
  const found: string[] = [];
  ts.forEachChild(node, (child) => void found.push(...textsIn(child)));
  return found;
}

// Docstrings are no texts: reading their tags takes longer than all the rest.
const { ParseNone } = ts.JSDocParsingMode;
const options = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ParseNone };
const code = ts.createSourceFile('src.ts', sources(), options);
const texts = textsIn(code).filter((text) => text.split(' ').length > 3);

describe('a text of the source', () => {
  it('is there', () => {
    expect(texts.length).toBeGreaterThan(500);
  });

  it.each([
    ['a wide right in the directory', /Directory\.Read\.All|Directory Readers/u],
    ['a right to locks, or to remove one', /locks\/delete|[Rr]emove the lock/u],
    ['a role that hands out access', /User Access Administrator|\b(?:give|grant|assign)\b[^.]*\bOwner\b/u],
    ['a wildcard or a branch in a trust', /StringLike|:ref:refs|repo:[^\s]*\*/u],
    ['every permission of the job', /write-all/u],
    ['a command that makes a trust', /federated-credential create/u],
  ])('advises no %s (P9)', (_, pattern) => {
    expect(texts.filter((text) => pattern.test(text))).toEqual([]);
  });

  it.each([
    /set allow-privileged: true/u,
    /allowed-endpoints: \$|name its host in allowed-endpoints/u,
    /raise `max-/u,
    /add it to `allowed-…s`/u,
    /leave `max-lifetime` at/u,
  ])('names the safe way first, and what opens a guard last: %s (P9)', (opening) => {
    const found = texts.filter((text) => opening.test(text));
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) expect(text).toMatch(new RegExp(`\\S.*[.:] Only if [^.]*${opening.source}`, 'su'));
  });
});

describe('a document', () => {
  it.each([
    'docs/troubleshooting.md',
    'docs/signing-in.md',
    'docs/setup-by-hand.md',
    'docs/permissions.md',
    'README.md',
    'setup/README.md',
  ])('%s advises no trust in a branch, no wildcard in one, and no lock to be removed', (path) => {
    const text = readText(path);
    expect(text).not.toMatch(/:ref:refs|repo:[^\s`"]*\*|write-all|"StringLike"/u);
    expect(text).not.toMatch(/[Rr]emove the lock|change the SCP|Change the settings/u);
  });
});
