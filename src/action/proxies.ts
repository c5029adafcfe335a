import type { Fault } from '#access/errors';

const proxyVariable = /^https?_proxy$/iu;

/**
 * Proxy settings that Node would ignore without a word, so that requests would go past the proxy, or stumble over: an
 * address that it does not understand, or a Node that knows no proxies yet. The value is not shown: it may hold a password.
 *
 * @param nodeVersion such as `24.21.0`
 */
export function proxyFaults(variables: ReadonlyMap<string, string>, nodeVersion: string): readonly Fault[] {
  const set = [...variables].filter(([name]) => proxyVariable.test(name));
  return set.flatMap(([name, value]) => {
    const problem = problemIn(value) ?? whatNodeLacks(nodeVersion);
    return problem === null ? [] : [{ input: name, problem, example: 'http://proxy.internal.example.com:3128' }];
  });
}

/** Whether agents take a proxy from the environment. Source: Node.js documentation, http.Agent `proxyEnv`, v24.5.0. */
export function supportsProxies(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}

function whatNodeLacks(nodeVersion: string): string | null {
  if (supportsProxies(nodeVersion)) return null;
  return `is set, and this runner’s Node ${nodeVersion} cannot use a proxy: update the runner to 2.328.0 or later, the first with Node 24.5`;
}

/** As Node reads it: the scheme in lower case only, and an error for the rest. Source: Node.js, lib/internal/http.js. */
function problemIn(value: string): string | null {
  if (/[\r\n]/u.test(value)) return 'has a line break in it, and is the address of one proxy';
  const url = /^https?:\/\//u.test(value) ? URL.parse(value) : null;
  if (url === null || url.hostname === '')
    return 'is not the address of an HTTP proxy: it has to begin with http:// or https:// and name a host';
  return isDecodable(url.username) && isDecodable(url.password)
    ? null
    : 'has a % in its user name or password that does not begin an escape: write %25 for the character itself';
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
