import { loopbackHosts } from '../access/endpoints.ts';
import { Agent as HttpAgent, request as plain } from 'node:http';
import { Agent as HttpsAgent, request as secure } from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds: number | null;
}

/** The step's connections: every request goes through these agents, and so through its proxy settings. */
export interface Connections {
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** Sends one GET and follows no redirect. */
  get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

const largestBody = 1024 * 1024;

/** What is meant for this machine never goes through a proxy: plain http there would be readable to it. */
function withoutLoopback(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // An empty variable is none: the other letter case may still say something.
  const excepted = [env['no_proxy'], env['NO_PROXY']].find((value) => value !== undefined && value !== '');
  const direct = [...(excepted === undefined ? [] : [excepted]), ...loopbackHosts, '::1'].join(',');
  return { ...env, no_proxy: direct, NO_PROXY: direct };
}

/** Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of `env`, in either letter case. */
export function createConnections(env: NodeJS.ProcessEnv): Connections {
  const options = { keepAlive: true, proxyEnv: withoutLoopback(env) };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return {
    agents,
    get: (url, headers, signal) =>
      new Promise((resolve, reject) => {
        const request =
          url.protocol === 'https:'
            ? secure(url, { headers, signal, agent: agents.https })
            : plain(url, { headers, signal, agent: agents.http });
        request.on('error', reject);
        request.on('response', (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('error', reject);
          response.on('data', (chunk: string) => {
            body += chunk;
            if (body.length > largestBody) response.destroy(new Error('the answer is longer than 1 MiB'));
          });
          response.on('end', () => {
            const retryAfterSeconds = Number.parseInt(response.headers['retry-after'] ?? '', 10) || null;
            resolve({ status: response.statusCode ?? 0, body, retryAfterSeconds });
          });
        });
        request.end();
      }),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
