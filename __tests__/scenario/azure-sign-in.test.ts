import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { AzureOptions } from '../../rehearsal/azure/options.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, tokenRequests } from './azure-support.ts';
import type { Effect } from '../../rehearsal/script.ts';
import { minted } from './exchanges.ts';
import { errors, ownPullRequest } from './support.ts';

const second = 1_000;
const right = {
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'repo:octo-org/infra:environment:production-access',
  audience: 'api://AzureADTokenExchange',
} as const;
const workflow = 'octo-org/infra/.github/workflows/access.yml@refs/heads/main';
const nobody = '0d0d0d0d-0000-4000-8000-000000000000';
const broker = 'a9900000-0000-4000-8000-0000000000b0';

interface Wrong {
  readonly code: string;
  readonly azure: AzureOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Entra's own words. */
  readonly words: string;
  /** Hint for the engineer. */
  readonly hint: RegExp;
}

/** Refusals that no federated credential of the application can fix. Source: docs/design/azure.md#entra-error-codes. */
const mismatches: readonly Wrong[] = [
  {
    code: 'AADSTS700213',
    azure: { federatedCredentials: [{ ...right, subject: 'repo:octo-org/infra:ref:refs/heads/main' }] },
    words: `No matching federated identity record found for presented assertion subject '${right.subject}'`,
    hint: /subject/u,
  },
  {
    code: 'AADSTS70021',
    azure: {
      federatedCredentials: [{ ...right, subject: 'repo:octo-org/infra:pull_request' }],
      olderSignInErrors: true,
    },
    words: 'No matching federated identity record found for presented assertion. Assertion Issuer:',
    hint: /issuer, subject or audience/u,
  },
  {
    code: 'AADSTS7002138',
    azure: { federatedCredentials: [{ ...right, subject: 'repo:Octo-Org/infra:environment:Production-Access' }] },
    words: 'The subject matches with case-insensitive comparison, but not with case-sensitive comparison',
    hint: /letter case/u,
  },
  {
    code: 'AADSTS700211',
    azure: { federatedCredentials: [{ ...right, issuer: `${right.issuer}/` }] },
    words: `No matching federated identity record found for presented assertion issuer '${right.issuer}'`,
    hint: /issuer of the token, https:\/\/token\.actions.*none ends with a slash/u,
  },
  {
    code: 'AADSTS700212',
    azure: { federatedCredentials: [{ ...right, audience: 'api://AzureADTokenExchangeUSGov' }] },
    words: `No matching federated identity record found for presented assertion audience '${right.audience}'`,
    hint: /azure-audience/u,
  },
  {
    code: 'AADSTS70025',
    azure: { federatedCredentials: [] },
    words: 'has no configured federated identity credentials',
    hint: /no federated credential at all/u,
  },
];

/** Jobs without an environment: every person who can push can make one. */
const withoutEnvironment = [
  { subject: 'repo:octo-org/infra:ref:refs/heads/main', context: {}, more: {} },
  { subject: 'repo:octo-org/infra:ref:refs/heads/x', context: { ref: 'refs/heads/x' }, more: {} },
  { subject: 'repo:octo-org/infra:ref:refs/tags/v1', context: { ref: 'refs/tags/v1' }, more: {} },
  { subject: 'repo:octo-org@9919/infra@74901:ref:refs/heads/main', context: { immutableSubject: true }, more: {} },
  { subject: 'repo:octo-org/infra:pull_request', context: {}, more: ownPullRequest },
];

const json = (status: number, body: string): Effect => ({
  kind: 'http',
  status,
  contentType: 'application/json',
  body,
});

/** Refusals where the application or the directory itself is a different one. */
const strangers: readonly Wrong[] = [
  {
    code: 'AADSTS700016',
    azure: {},
    inputs: { 'azure-client-id': nobody },
    words: `Application with identifier '${nobody}' was not found in the directory`,
    hint: /azure-client-id, azure-tenant-id \(are the two swapped\?\).*azure-environment/su,
  },
  {
    code: 'AADSTS90002',
    azure: {},
    inputs: { 'azure-tenant-id': nobody },
    words: `Tenant '${nobody}' not found`,
    hint: /azure-client-id, azure-tenant-id \(are the two swapped\?\).*azure-environment/su,
  },
  {
    code: 'AADSTS90002',
    azure: {},
    inputs: { 'azure-tenant-id': broker, 'azure-client-id': '72f988bf-0000-4000-8000-000000000001' },
    words: `Tenant '${broker}' not found`,
    hint: /azure-client-id, azure-tenant-id \(are the two swapped\?\)/u,
  },
];

/** Claims of the refused token in the log, in the form that a reader compares. */
function listed({ log }: StepResult): typeof right {
  const claim = (name: string): string =>
    new RegExp(`^ +${name}: (?<value>.+)$`, 'mu').exec(log)?.groups?.['value'] ?? '';
  return { issuer: claim('iss'), subject: claim('sub'), audience: claim('aud') } as typeof right;
}

/** A command to paste would allow everyone who can make such a job: no command, for every refusal. */
function expectNoCommand({ log, summary }: StepResult): void {
  expect(log + summary).not.toMatch(/federated-credential|az ad |az identity /u);
}

/** One annotation within 5 s that has everything, and nothing was changed or leaked. */
function expectRefused(result: StepResult, { code, words, hint }: Wrong): void {
  expect(result.exitCode).toBe(1);
  expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
  expect(result.annotations.map(({ level }) => level)).toEqual(['error']);
  expect(errors(result)).toContain(code);
  expect(errors(result)).toContain(words);
  expect(errors(result)).not.toMatch(/undefined|\[object/u);
  const refusal = result.requests.find((it) => it.service === 'entra' && it.outcome === 'error');
  expect(errors(result)).toContain(refusal?.requestId ?? 'no trace id');
  expect(errors(result)).toMatch(/What to do: /u);
  expect(errors(result)).toMatch(hint);
  expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
  expect(result.outputs['failure-reason']).toContain(code);
  expect(result.outputs['failure-reason']).toContain(words);
  expect(result.requests.filter(({ operation }) => operation.startsWith('roleAssignments'))).toEqual([]);
  expect(minted(result)).toHaveLength(1);
  expect(result.log + result.summary).not.toMatch(/eyJ[\w-]{8,}/u);
  expectNoCommand(result);
}

describe('a refused sign-in', () => {
  it.each([...mismatches, ...strangers])("with $code is one error within 5 s, in Entra's words, with a hint", (wrong) =>
    inAzure({ azure: wrong.azure }, async (world) => {
      const result = await azureStep(world, { ...azureByIds, ...wrong.inputs });
      expectRefused(result, wrong);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }),
  );

  it.each(mismatches.filter(({ code }) => /^AADSTS(?:70021[12]|70025|7002138)$/u.test(code)))(
    'with $code shows what Entra named, and not the environment, which is right',
    ({ azure }) =>
      inAzure({ azure }, async (world) => {
        const result = await azureStep(world, azureByIds);
        expect(result.exitCode).toBe(1);
        expect(errors(result)).not.toMatch(/The job runs in|correct environment/u);
      }),
  );

  it.each(mismatches)('with $code names issuer, subject, audience and workflow of the token, at the top', ({ azure }) =>
    inAzure({ azure }, async (world) => {
      const result = await azureStep(world, azureByIds);
      for (const claim of Object.values(right)) expect(errors(result)).toContain(claim);
      for (const place of [result.log, result.summary.replaceAll('&#95;', '_').replaceAll('&#64;', '@')]) {
        for (const claim of [...Object.values(right), workflow]) expect(place).toContain(claim);
      }
    }),
  );

  it.each(mismatches)('with $code is fixed by a credential of the claims that it lists (P9)', async ({ azure }) => {
    const credential = await inAzure({ azure }, async (world) => listed(await azureStep(world, azureByIds)));
    await inAzure({ azure: { ...azure, federatedCredentials: [credential] } }, async (world) => {
      expect(await azureStep(world, azureByIds)).toMatchObject({ exitCode: 0 });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    });
  });

  it('of a repository whose subject has numeric IDs reports that, and lists that form (P9)', async () => {
    const more = { context: { immutableSubject: true } };
    const credential = await inAzure({ azure: { federatedCredentials: [right] } }, async (world) => {
      const result = await azureStep(world, azureByIds, more);
      expectRefused(result, {
        code: 'AADSTS700213',
        azure: {},
        words: 'No matching federated identity',
        hint: /immutable subject form, with the numeric IDs of owner and repository/u,
      });
      return listed(result);
    });
    expect(credential.subject).toBe('repo:octo-org@9919/infra@74901:environment:production-access');
    await inAzure({ azure: { federatedCredentials: [credential] } }, async (world) => {
      expect(await azureStep(world, azureByIds, more)).toMatchObject({ exitCode: 0 });
    });
  });

  it.each(withoutEnvironment)(
    'of a job without an environment ($subject) suggests the environment first, with the line to add, and no subject to trust (P9)',
    ({ context, more, subject }) =>
      inAzure({}, async (world) => {
        const result = await azureStep(world, azureByIds, { context: { environment: null, ...context }, ...more });
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toContain('What to do: The job runs in no environment. Add environment: <name of the');
        expect(result.log).toContain('environment: <name of the environment that the federated credential names>');
        expectNoCommand(result);
        // As evidence, and in Entra's own words.
        expect(listed(result)).toEqual({ ...right, subject });
        const ours = result.log
          .replaceAll(`presented assertion subject '${subject}'`, '')
          .replace(`sub: ${subject}`, '');
        expect(ours).not.toContain(subject);
      }),
  );

  it('by a policy of the directory about enterprises shows the claim, and that no credential fixes it', () =>
    inAzure({}, async (world) => {
      const message = "AADSTS7002381: The token must have the claim 'enterprise' with one of the values 'octo-corp'.";
      const body = JSON.stringify({ error: 'invalid_client', error_description: message, error_codes: [7_002_381] });
      world.script.fault({ service: 'entra', operation: 'token', times: 99 }, json(401, body));
      const result = await azureStep(world, azureByIds);
      expect(errors(result)).toContain("the claim 'enterprise' with one of the values 'octo-corp'");
      expect(errors(result)).toMatch(/enterprise is empty\. .*No change to the federated credential helps/u);
      expectNoCommand(result);
    }));

  it('of a custom audience has it in the request, and lists it', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, 'azure-audience': 'api://somebody-else' });
      expect(errors(result)).toContain('AADSTS700212');
      expect(minted(result).map(({ idToken }) => idToken?.audience)).toEqual(['api://somebody-else']);
      expect(listed(result).audience).toBe('api://somebody-else');
    }));

  it('of the object ID of the service principal instead of its client ID names the mix-up', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, { ...azureByIds, 'azure-client-id': azureIds.broker });
      expect(errors(result)).toContain('AADSTS700016');
      expect(errors(result)).toMatch(/not an object ID/u);
    }));

  it('by an Entra that needs 1.5 s to respond is reported within 5 s, too (P9)', () =>
    inAzure({ azure: { federatedCredentials: [] } }, async (world) => {
      world.script.fault({ service: 'entra', times: 9 }, { kind: 'delay', ms: 1_500 });
      const result = await azureStep(world, azureByIds);
      expect(errors(result)).toContain('AADSTS70025');
      expect(result.virtualMs).toBeLessThanOrEqual(5 * second);
      expect(tokenRequests(result)).toHaveLength(1);
    }));
});

describe('without an ID token', () => {
  it('the missing permission is named before any request', () =>
    inAzure({}, async (world) => {
      const result = await azureStep(world, azureByIds, { idToken: false });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('id-token: write');
      expect(result.requests).toEqual([]);
    }));

  it('the pull request of a fork is reported as an event that never gets one', () =>
    inAzure({}, async (world) => {
      const payload = {
        pull_request: { head: { repo: { id: 2, fork: true } }, base: { repo: { id: 1, fork: false } } },
      };
      const result = await azureStep(world, azureByIds, { idToken: false, event: 'pull_request', payload });
      expect(errors(result)).toContain(
        'A pull request from a fork started this workflow. GitHub gives it no ID token, even if its permissions ask for one.',
      );
      expect(errors(result)).not.toMatch(/Give the job|permissions:/u);
      expect(result.requests).toEqual([]);
    }));
});
