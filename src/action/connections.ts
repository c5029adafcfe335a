import { Agent as HttpAgent, request as plain, type AgentOptions, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as secure } from 'node:https';
import { checkBypass } from '@actions/http-client/lib/proxy';
import { readText } from '#access/answers';
import type { Agents, Connections } from '#access/connections';

/** Connections that end with the step. */
export interface OpenConnections extends Connections {
  close(): void;
}

const mebibyte = 1024 * 1024;

/**
 * Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the process, in either letter case. What they except
 * is asked of GitHub's own toolkit, which knows this machine as well, and then of Node, which takes `*.` and ranges too.
 */
export function createConnections(): OpenConnections {
  const proxyEnv = proxyVariables();
  const direct = agentsOf({ keepAlive: true });
  const proxied = agentsOf({ keepAlive: true, proxyEnv });
  const agentsFor = (url: URL): Agents => (checkBypass(withoutFinalDot(url)) ? direct : proxied);
  return {
    agentsFor,
    send: ({ method, url, headers, body: content, longestAnswer = mebibyte }, signal) =>
      new Promise((resolve, reject) => {
        const options = { method, headers, signal };
        const request =
          url.protocol === 'https:'
            ? secure(url, { ...options, agent: agentsFor(url).https })
            : plain(url, { ...options, agent: agentsFor(url).http });
        request.on('error', reject);
        request.on('response', (response) => {
          readText(response, longestAnswer).then((body) => {
            resolve({ status: response.statusCode ?? 0, headers: namedOnce(response.headers), body });
          }, reject);
        });
        request.end(content);
      }),
    close() {
      for (const { http, https } of [direct, proxied]) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

function agentsOf(options: AgentOptions): Agents {
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

/** The proxy's variables and no other: with `NODE_DEBUG` Node prints what an agent was given, secrets included. */
function proxyVariables(): NodeJS.ProcessEnv {
  const { env } = process;
  for (const name of ['no_proxy', 'NO_PROXY']) if (env[name] !== undefined) env[name] = listOf(env[name]);
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}

/** As curl reads it: blanks separate too, and a dot at the end of a name changes nothing. */
function listOf(noProxy: string): string {
  // Node lets a range of addresses have blanks around its hyphen.
  const separated = noProxy.replaceAll(/\s+-\s+/gu, '-').split(/[\s,]+/u);
  const entries = separated.map((entry) => entry.replace(/\.(?=$|:\d+$)/u, ''));
  return entries.filter((entry) => entry !== '').join(',');
}

function withoutFinalDot(url: URL): URL {
  const bare = new URL(url);
  bare.hostname = url.hostname.replace(/\.$/u, '');
  return bare;
}

/** Headers that came several times are one, as HTTP reads them. */
function namedOnce(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')] as const);
  return Object.fromEntries(texts);
}
