import { Agent as HttpAgent, request as plain, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as secure } from 'node:https';
import { readText } from '../access/answers.ts';
import type { Connections } from '../access/connections.ts';
import { loopbackHosts } from '../access/endpoints.ts';

/** Connections that end with the step. */
export interface OpenConnections extends Connections {
  close(): void;
}

const mebibyte = 1024 * 1024;

/** What is meant for this machine never goes through a proxy: plain http there would be readable to it. */
function withoutLoopback(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // An empty variable is none: the other letter case may still say something.
  const excepted = [env['no_proxy'], env['NO_PROXY']].find((value) => value !== undefined && value !== '');
  const direct = [...(excepted === undefined ? [] : [excepted]), ...loopbackHosts, '::1'].join(',');
  return { ...env, no_proxy: direct, NO_PROXY: direct };
}

/** Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of `env`, in either letter case. */
export function createConnections(env: NodeJS.ProcessEnv): OpenConnections {
  const options = { keepAlive: true, proxyEnv: withoutLoopback(env) };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return {
    agents,
    send: ({ method, url, headers, body: content, longestAnswer = mebibyte }, signal) =>
      new Promise((resolve, reject) => {
        const options = { method, headers, signal };
        const request =
          url.protocol === 'https:'
            ? secure(url, { ...options, agent: agents.https })
            : plain(url, { ...options, agent: agents.http });
        request.on('error', reject);
        request.on('response', (response) => {
          readText(response, longestAnswer).then((body) => {
            resolve({ status: response.statusCode ?? 0, headers: namedOnce(response.headers), body });
          }, reject);
        });
        request.end(content);
      }),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Headers that came several times are one, as HTTP reads them. */
function namedOnce(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')] as const);
  return Object.fromEntries(texts);
}
