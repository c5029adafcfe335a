import type { Fault } from '#access/errors';
import { noProxySupport, notAProxy, severalLines, strayPercent } from './messages/surroundings.ts';

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

/** True if agents read the proxy from the environment. Source: Node.js documentation, http.Agent `proxyEnv`, v24.5.0. */
export function supportsProxies(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}

function whatNodeLacks(nodeVersion: string): string | null {
  return supportsProxies(nodeVersion) ? null : noProxySupport(nodeVersion);
}

/** As Node reads it: the scheme in lower case only, and an error for the rest. Source: Node.js, lib/internal/http.js. */
function problemIn(value: string): string | null {
  if (/[\r\n]/u.test(value)) return severalLines;
  const url = /^https?:\/\//u.test(value) ? URL.parse(value) : null;
  if (url === null || url.hostname === '') return notAProxy;
  return isDecodable(url.username) && isDecodable(url.password) ? null : strayPercent;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
