import type { Budget } from '../access/clock.ts';
import { isLoopback } from '../access/endpoints.ts';
import { Refusal } from '../access/errors.ts';
import type { Requests } from '../access/requests.ts';
import type { CloudTools } from '../access/tools.ts';
import { readAnswer } from './answer.ts';
import { isWithheld, withoutTrailingSlash, type Environment } from './environments.ts';

/** Anonymous; what `az cloud register` and Terraform's `metadata_host` read too. */
const path = '/metadata/endpoints?api-version=2022-09-01';

/** What is read of the answer. Source: hashicorp/go-azure-sdk, sdk/internal/metadata. */
interface Metadata {
  readonly name?: string;
  readonly authentication?: { readonly loginEndpoint?: string; readonly audiences?: readonly string[] };
  readonly resourceManager?: string;
  readonly microsoftGraphResourceId?: string | null;
}

/** Asks a custom cloud what it is. */
export async function readEnvironment(
  address: URL,
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
  const { environment, withheldGraph } = toEnvironment(answer, address);
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
): { readonly environment: Environment; readonly withheldGraph: string | null } {
  const metadata = (typeof answer === 'object' && answer !== null ? answer : {}) as Metadata;
  const login = metadata.authentication?.loginEndpoint;
  const audiences = metadata.authentication?.audiences;
  const audience: unknown = Array.isArray(audiences) ? audiences[0] : undefined;
  if (typeof login !== 'string' || typeof audience !== 'string' || audience === '') {
    throw new Refusal(
      `${address.origin}/metadata/endpoints names no login endpoint or no audience.`,
      'Check azure-environment: it has to be the address of an Azure Resource Manager.',
    );
  }
  const arm = metadata.resourceManager ?? address.origin;
  const graph = metadata.microsoftGraphResourceId ?? undefined;
  const trusted = isLoopback(address.hostname);
  for (const [what, url] of Object.entries({
    loginEndpoint: login,
    resourceManager: arm,
    ...(graph === undefined ? {} : { microsoftGraphResourceId: graph }),
  }))
    refuseUnsafe(what, url, address);
  if (!trusted && isWithheld(audience, login, address)) throw wellKnown(audience, address);
  const withheldGraph = graph !== undefined && !trusted && isWithheld(graph, login, address) ? graph : null;
  return {
    environment: {
      name: metadata.name ?? address.host,
      authority: withoutTrailingSlash(login),
      authorityAliases: [],
      arm: withoutTrailingSlash(arm),
      armTokenScope: `${withoutTrailingSlash(audience)}/.default`,
      cliTokenScope: `${audience}/.default`,
      graph: graph === undefined || withheldGraph !== null ? null : withoutTrailingSlash(graph),
    },
    withheldGraph,
  };
}

/** Tokens go there: it has to be https, and a stranger may not point to this machine. */
function refuseUnsafe(what: string, text: string, address: URL): void {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' && (isLoopback(address.hostname) || !isLoopback(url.hostname))) return;
  throw new Refusal(
    `${address.origin}/metadata/endpoints names ${text} as its ${what}, which is no https address that tokens may go to.`,
    'Check azure-environment: it has to be the address of an Azure Resource Manager that you trust.',
  );
}

function wellKnown(resource: string, address: URL): Refusal {
  return new Refusal(
    `${address.origin}/metadata/endpoints asks for tokens of ${resource}, which may open something in a well-known cloud: a custom azure-environment never gets one.`,
    'If a well-known cloud is meant, name it: azure-environment: AzureCloud.',
  );
}
