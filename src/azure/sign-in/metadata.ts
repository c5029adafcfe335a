import type { Budget } from '#access/clock';
import { isLoopback } from '#access/endpoints';
import type { Requests } from '#access/engine/requests';
import type { CloudTools } from '#access/tools';
import { readAnswer, textOf } from '../answer.ts';
import * as messages from '../messages/environments.ts';
import { isOwnLogin, isWithheld, withoutTrailingSlash, type Environment } from './environments.ts';

/** Anonymous; `az cloud register` and Terraform's `metadata_host` read it too. */
const path = '/metadata/endpoints?api-version=2022-09-01';

/** The members of the answer that are read. Source: hashicorp/go-azure-sdk, sdk/internal/metadata. */
interface Metadata {
  readonly name?: unknown;
  readonly authentication?: { readonly loginEndpoint?: unknown; readonly audiences?: unknown } | null;
  readonly resourceManager?: unknown;
  readonly microsoftGraphResourceId?: unknown;
}

/** Asks a custom cloud for its addresses. */
export async function readEnvironment(
  address: URL,
  /** The address that issues the tokens, `null` where the cloud itself names it. */
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
  if (withheldGraph !== null) log.warning(messages.foreignGraph(url.origin, withheldGraph));
  return environment;
}

/** A custom cloud by its own description, as far as that can be trusted. Exported for its test. */
export function toEnvironment(
  answer: unknown,
  address: URL,
  issuer: string | null,
): { readonly environment: Environment; readonly withheldGraph: string | null } {
  const { authentication, resourceManager, microsoftGraphResourceId, name } = (answer ?? {}) as Metadata;
  const login = textOf(authentication?.loginEndpoint);
  const audience = textOf(Array.isArray(authentication?.audiences) ? authentication.audiences[0] : null);
  if (login === null || audience === null) throw messages.noLogin(address.origin);
  refuseUnsafe('loginEndpoint', login, address);
  const arm = safe('resourceManager', resourceManager, address) ?? address.origin;
  const graph = safe('microsoftGraphResourceId', microsoftGraphResourceId, address);
  const trusted = isLoopback(address.hostname);
  const gives = issuer ?? login;
  if (!trusted && issuer === null && !isOwnLogin(login, address)) throw messages.foreignLogin(address.origin, login);
  if (!trusted && isWithheld(audience, gives, address)) throw messages.foreignAudience(address.origin, audience);
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

/** An optional address, refused if it is unsafe. */
function safe(what: string, value: unknown, address: URL): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  refuseUnsafe(what, text, address);
  return text;
}

/** Refuses an address that tokens must not be sent to: it has to be https, and a foreign cloud cannot point to this machine. */
function refuseUnsafe(what: string, text: string, address: URL): void {
  const url = URL.parse(text);
  const isBare = url?.protocol === 'https:' && url.username === '' && url.password === '';
  if (isBare && (isLoopback(address.hostname) || !isThisMachine(url.hostname))) return;
  throw messages.unsafeAddress(address.origin, text, what);
}

/** Every spelling of an address that leads back to the runner. */
function isThisMachine(hostname: string): boolean {
  return /^(?:127\.|0\.0\.0\.0$|\[::1?\]$|\[::ffff:7f|(?:.*\.)?localhost\.?$)/iu.test(hostname);
}
