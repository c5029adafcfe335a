import type { Fault } from '../access/errors.ts';

/**
 * Proxy settings that Node would ignore without a word, so that requests would go past the proxy. The value is not
 * shown: it may hold a password.
 */
export function proxyFaults(variables: ReadonlyMap<string, string>): readonly Fault[] {
  return [...variables]
    .filter(([name, value]) => /^https?_proxy$/iu.test(name) && !isProxy(value))
    .map(([name]) => ({
      input: name,
      problem: 'is no address of an HTTP proxy: it has to begin with http:// or https:// and name a host',
      example: 'http://proxy.internal.example.com:3128',
    }));
}

function isProxy(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:\/\//iu.test(value) && url.hostname !== '';
}
