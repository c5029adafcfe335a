import type { Budget } from '#access/clock';
import { isLoopback } from '#access/endpoints';
import { Refusal } from '#access/errors';
import type { Requests } from '#access/engine/requests';
import type { CloudTools } from '#access/tools';
import { readAnswer, textOf } from '../answer.ts';
import { isOwnLogin, isWithheld, withoutTrailingSlash, type Environment } from './environments.ts';

/** Anonymous; what `az cloud register` and Terraform's `metadata_host` read too. */
const path = '/metadata/endpoints?api-version=2022-09-01';

/** What is read of the answer. Source: hashicorp/go-azure-sdk, sdk/internal/metadata. */
interface Metadata {
  readonly name?: unknown;
  readonly authentication?: { readonly loginEndpoint?: unknown; readonly audiences?: unknown } | null;
  readonly resourceManager?: unknown;
  readonly microsoftGraphResourceId?: unknown;
}

/** Asks a custom cloud what it is. */
export async function readEnvironment(
  address: URL,
  /** The address of who gives the tokens, `null` where the cloud itself says it. */
  issuer: string | null,
  requests: Requests,
  { connections, product, log }: CloudTools,
  budget: Budget,
): Promise<Environment> {
  const url = new URL(path, address);
  const answer = await requests.read({
    operation: `GET ${url.origin}/metadata/endpoints`,
    quota: 'arm',
    budget,
    send: async (signal) =>
      readAnswer(await connections.send({ method: 'GET', url, headers: { 'user-agent': product.join('/') } }, signal)),
  });
  const { environment, withheldGraph } = toEnvironment(answer, address, issuer);
  if (withheldGraph !== null) {
    log.warning(
      `${url.origin} names ${withheldGraph} as its Graph, which is not its own: it is not asked, and names of principals cannot be looked up.`,
    );
  }
  return environment;
}

/** What a custom cloud says of itself, if it may be believed. Exported for its test. */
export function toEnvironment(
  answer: unknown,
  address: URL,
  issuer: string | null,
): { readonly environment: Environment; readonly withheldGraph: string | null } {
  const { authentication, resourceManager, microsoftGraphResourceId, name } = (answer ?? {}) as Metadata;
  const login = textOf(authentication?.loginEndpoint);
  const audience = textOf(Array.isArray(authentication?.audiences) ? authentication.audiences[0] : null);
  if (login === null || audience === null) {
    throw new Refusal(
      `${address.origin}/metadata/endpoints names no login endpoint or no audience.`,
      'Check azure-environment: it has to be the address of an Azure Resource Manager.',
    );
  }
  refuseUnsafe('loginEndpoint', login, address);
  const arm = safe('resourceManager', resourceManager, address) ?? address.origin;
  const graph = safe('microsoftGraphResourceId', microsoftGraphResourceId, address);
  const trusted = isLoopback(address.hostname);
  const gives = issuer ?? login;
  if (!trusted && issuer === null && !isOwnLogin(login, address)) throw foreignLogin(login, address);
  if (!trusted && isWithheld(audience, gives, address)) throw wellKnown(audience, address);
  const withheldGraph = graph !== null && !trusted && isWithheld(graph, gives, address) ? graph : null;
  return {
    environment: {
      name: textOf(name) ?? address.host,
      authority: issuer ?? withoutTrailingSlash(login),
      authorityAliases: [],
      arm: new URL(arm).origin,
      armTokenScope: `${withoutTrailingSlash(audience)}/.default`,
      cliTokenScope: `${audience}/.default`,
      graph: graph === null || withheldGraph !== null ? null : new URL(graph).origin,
    },
    withheldGraph,
  };
}

/** An address that may be left out, and if not has to be one. */
function safe(what: string, value: unknown, address: URL): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  refuseUnsafe(what, text, address);
  return text;
}

/** Tokens go there: it has to be https, and a stranger may not point to this machine. */
function refuseUnsafe(what: string, text: string, address: URL): void {
  const url = URL.parse(text);
  const isBare = url?.protocol === 'https:' && url.username === '' && url.password === '';
  if (isBare && (isLoopback(address.hostname) || !isThisMachine(url.hostname))) return;
  throw new Refusal(
    `${address.origin}/metadata/endpoints names ${text} as its ${what}, which is no https address that tokens may go to.`,
    'Check azure-environment: it has to be the address of an Azure Resource Manager that you trust.',
  );
}

/** Every spelling of an address that leads back to the runner. */
function isThisMachine(hostname: string): boolean {
  return /^(?:127\.|0\.0\.0\.0$|\[::1?\]$|\[::ffff:7f|(?:.*\.)?localhost\.?$)/iu.test(hostname);
}

function foreignLogin(login: string, address: URL): Refusal {
  return new Refusal(
    `${address.origin}/metadata/endpoints names ${login} as its login, which is in another domain: it is not handed the job’s ID token.`,
    'Check azure-environment, and who answers at that address. Only if the login is one of your own, set AZURE_AUTHORITY_HOST to it and name its host in allowed-endpoints.',
  );
}

function wellKnown(resource: string, address: URL): Refusal {
  return new Refusal(
    `${address.origin}/metadata/endpoints asks for tokens of ${resource}, which may open something in a well-known cloud: a custom azure-environment never gets one.`,
    'If you mean a well-known cloud, name it: azure-environment: AzureCloud.',
  );
}
