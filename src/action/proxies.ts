import type { Fault } from '../access/errors.ts';

const proxyVariable = /^https?_proxy$/iu;

/**
 * Proxy settings that would be ignored without a word, so that requests would go past the proxy: an address that Node
 * does not understand, or a Node that knows no proxies yet; and those by which no connection could be made. The value is not shown: it may hold a password.
 *
 * @param nodeVersion such as `24.21.0`
 */
export function proxyFaults(variables: ReadonlyMap<string, string>, nodeVersion: string): readonly Fault[] {
  const set = [...variables].filter(([name]) => proxyVariable.test(name));
  return set.flatMap(([name, value]) => {
    const problem = isProxy(value) ? (whatNodeLacks(nodeVersion) ?? problemOfSignIn(value)) : notAProxy;
    return problem === null ? [] : [{ input: name, problem, example: 'http://proxy.internal.example.com:3128' }];
  });
}

const notAProxy = 'is no address of an HTTP proxy: it has to begin with http:// or https:// and name a host';

/** Whether agents take a proxy from the environment. Source: Node.js documentation, http.Agent `proxyEnv`, v24.5.0. */
export function supportsProxies(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}

function whatNodeLacks(nodeVersion: string): string | null {
  if (supportsProxies(nodeVersion)) return null;
  return `is set, and this runner’s Node ${nodeVersion} cannot use a proxy: update the runner to 2.328.0 or later, the first with Node 24.5`;
}

/** Agents decode what a proxy's sign-in is, and throw where that cannot be done. */
function problemOfSignIn(value: string): string | null {
  const url = URL.parse(value);
  try {
    decodeURIComponent(`${url?.username ?? ''}:${url?.password ?? ''}`);
    return null;
  } catch {
    return 'has a % in its user name or password that begins no escape: write %25 for it';
  }
}

function isProxy(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:\/\//iu.test(value) && url.hostname !== '';
}
