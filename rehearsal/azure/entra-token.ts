import type { Issuer } from '../github/issuer.ts';
import type { OpenEntry } from '../journal.ts';
import type { Answer, ReceivedRequest } from '../serving/dialect.ts';
import { checkAssertion } from './assertions.ts';
import { sentences, SignInError } from './entra-errors.ts';
import { resourcesOf, sameAudience, type CloudEnvironment, type Environments } from './environments.ts';
import { brokerOf } from './principals.ts';
import type { AzureEstate } from './estate.ts';
import type { AzureOptions, FederatedCredential } from './options.ts';
import type { TokenIssuer } from './tokens.ts';

/** Parts of a rehearsal that Entra needs. */
export interface Entra {
  readonly estate: AzureEstate;
  readonly options: AzureOptions;
  readonly issuer: Issuer;
  readonly tokens: TokenIssuer;
  readonly environments: () => Environments;
  /** For certain subjects, default those of the estate's repository. */
  readonly credentialsFor: (cloud: CloudEnvironment, trusts?: readonly string[]) => readonly FederatedCredential[];
  readonly now: () => number;
}

/** RFC 7523 §2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Seconds that a token answer promises; the token itself lives a second longer. */
const EXPIRES_IN_S = 3599;

/** The answer of the token endpoint of version 2.0 to client credentials with an assertion. */
export function token(entra: Entra, cloud: CloudEnvironment, form: Form, entry: OpenEntry): Answer {
  const { estate, options } = entra;
  const clientId = required(form, 'client_id');
  if (required(form, 'grant_type') !== 'client_credentials')
    throw new SignInError(70003, `The app requested an unsupported grant type '${String(form['grant_type'])}'.`);
  // A managed identity signs in like an application where it has a federated credential.
  const broker = brokerOf(estate);
  const client = estate.servicePrincipals.find(
    ({ id, appId, servicePrincipalType, trusts }) =>
      (servicePrincipalType === 'Application' || trusts !== undefined || id === broker.id) &&
      appId === clientId.toLowerCase(),
  );
  if (client === undefined)
    throw new SignInError(700016, sentences.applicationNotFound(clientId, estate.tenant.displayName));
  entry.principal = client.id;
  const assertion = form['client_assertion'];
  if (assertion === undefined)
    throw new SignInError(
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  if (form['client_assertion_type'] !== ASSERTION_TYPE)
    throw new SignInError(900144, "The request body must contain the following parameter: 'client_assertion_type'.");
  const own = client.id === broker.id || client.trusts !== undefined ? entra.credentialsFor(cloud, client.trusts) : [];
  const credentials = client.id === broker.id ? (options.federatedCredentials ?? own) : own;
  if (credentials.length === 0) throw new SignInError(70025, sentences.noCredentials(client.appId, client.displayName));
  checkAssertion(assertion, {
    credentials,
    issuer: entra.issuer,
    now: entra.now(),
    olderErrors: options.olderSignInErrors ?? false,
  });
  const runId = String(entra.issuer.verified(assertion)?.['run_id'] ?? '');
  const audience = resourceOf(cloud, required(form, 'scope'), estate.tenant.displayName);
  return json({
    token_type: 'Bearer',
    expires_in: EXPIRES_IN_S,
    ext_expires_in: EXPIRES_IN_S,
    access_token: entra.tokens.issue({ audience, objectId: client.id, clientId: client.appId, runId }),
  });
}

/** The one resource that a scope names: `<identifier>/.default`. The identifier becomes the audience as it is, a slash at its end included. */
function resourceOf(cloud: CloudEnvironment, scope: string, tenantName: string): string {
  const [first = '', ...others] = scope.split(' ').filter((part) => part !== '');
  if (others.length > 0)
    throw new SignInError(70011, `The provided request must include a 'scope' input parameter with one resource.`);
  if (!first.endsWith('/.default')) throw new SignInError(1002012, sentences.scopeWithoutDefault(first));
  const resource = first.slice(0, -'/.default'.length);
  if (!resourcesOf(cloud).some((known) => sameAudience(known, resource)))
    throw new SignInError(500011, sentences.resourceNotFound(resource, tenantName));
  return resource;
}

export type Form = Readonly<Record<string, string | undefined>>;

export function formOf(request: ReceivedRequest): Form {
  return Object.fromEntries(new URLSearchParams(request.body.toString()));
}

function required(form: Form, name: string): string {
  const value = form[name];
  if (value === undefined || value === '')
    throw new SignInError(900144, `The request body must contain the following parameter: '${name}'.`);
  return value;
}

export function json(body: unknown): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store, no-cache' },
    body: JSON.stringify(body),
  };
}
