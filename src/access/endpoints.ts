import type { Fault } from './errors.ts';
import { hostNotAllowed, notAUrl, notHttps, setFromOutside, unsetEndpoint } from './messages/values.ts';

/** A setting from outside the step that directs requests. */
export interface EndpointSetting {
  /** Source of the setting: an environment variable, or a line of a file. */
  readonly source: string;
  /** An address, or what a switch is set to. */
  readonly url: string;
}

/**
 * Requests and credentials go where an endpoint says, so it may name only loopback or an allowed host, and anything
 * but loopback by https (P10).
 */
export function checkEndpoint(setting: EndpointSetting, allowedHosts: readonly string[]): Fault | null {
  const url = URL.parse(setting.url);
  if (url === null) return fault(setting, notAUrl);
  if (isLoopback(url.hostname)) return null;
  const host = url.hostname.toLowerCase();
  if (!allowedHosts.includes(host)) {
    return {
      input: 'allowed-endpoints',
      problem: hostNotAllowed(host, setting.source),
      example: { advice: unsetEndpoint(host, setting.source) },
    };
  }
  return url.protocol === 'https:' ? null : fault(setting, notHttps);
}

function fault({ source, url }: EndpointSetting, problem: (address: string) => string): Fault {
  return { input: source, problem: problem(withoutUserInfo(url)), example: 'https://cloud.internal.example.com' };
}

/** The endpoints in force, a line for each address. */
export function describeEndpoints(settings: readonly EndpointSetting[]): readonly string[] {
  const byUrl = Map.groupBy(settings, ({ url }) => url);
  return [...byUrl].map(([url, those]) =>
    setFromOutside(
      those.map(({ source }) => source),
      withoutUserInfo(url),
    ),
  );
}

/** The names of this machine. */
const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** True if a host name is this machine. */
export function isLoopback(hostname: string): boolean {
  return loopbackHosts.includes(hostname);
}

/** An address as it may be shown: without the user information that it may carry, which may be a password (P7). */
export function withoutUserInfo(address: string): string {
  const url = URL.parse(address);
  if (url === null) return address.replace(/^.*@/su, '***@');
  if (url.username === '' && url.password === '') return address;
  return `${url.protocol}//***@${url.host}${url.pathname}${url.search}${url.hash}`;
}

/** A variable that is to be set, or to be taken away, before anything is sent, and what to say about it. */
export interface Restored {
  readonly variable: string;
  readonly value: string | undefined;
  readonly warning: string | null;
}
