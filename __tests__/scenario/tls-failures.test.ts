import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { aws, azure, type TestCloud } from './clouds.ts';
import { expectBounded, expectClearlyRed } from './hostile-ends.ts';
import { isRun } from './matrix.ts';
import { errors, inWorld } from './support.ts';
import { tlsFailures, withServer } from './tls-servers.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const metadata = (world: World, says: Readonly<Record<string, unknown>>): void => {
  const body = {
    name: 'Strange',
    authentication: { loginEndpoint: `${world.azure.login}/`, audiences: ['https://management.rehearsal.test/'] },
    resourceManager: `${world.azure.environment}/`,
    microsoftGraphResourceId: `${world.azure.graph}/`,
    ...says,
  };
  world.script.fault({ operation: 'metadata', times: Infinity }, { kind: 'answer', body });
};

type Leading = (world: World, url: string) => { readonly env?: Step['env']; readonly inputs?: Step['inputs'] };

const issuer: Leading = (_, url) => ({ env: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?x=1` } });

/** Servers with such TLS, and the way of a step to them. */
const places: Readonly<Record<string, readonly [TestCloud, Leading]>> = {
  'GitHub’s token endpoint': [aws, issuer],
  STS: [aws, (_, url) => ({ env: { AWS_ENDPOINT_URL_STS: url } })],
  'Identity Center': [aws, (_, url) => ({ env: { AWS_ENDPOINT_URL_SSO_ADMIN: url } })],
  'the identity store': [aws, (_, url) => ({ env: { AWS_ENDPOINT_URL_IDENTITYSTORE: url } })],
  Organizations: [aws, (_, url) => ({ env: { AWS_ENDPOINT_URL_ORGANIZATIONS: url } })],
  'the description of an Azure': [azure, (_, url) => ({ inputs: { 'azure-environment': url } })],
  Entra: [
    azure,
    (world, url) => {
      metadata(world, { authentication: { loginEndpoint: url, audiences: ['https://management.rehearsal.test/'] } });
      return {};
    },
  ],
  'Resource Manager': [
    azure,
    (world, url) => {
      metadata(world, { resourceManager: url });
      return {};
    },
  ],
  'Microsoft Graph': [
    azure,
    (world, url) => {
      metadata(world, { microsoftGraphResourceId: url });
      // Entra has no such resource, and would refuse every sign-in for it.
      const body = JSON.stringify({ token_type: 'Bearer', expires_in: 3600, access_token: 'e30.e30.e30' });
      const token: Effect = { kind: 'http', status: 200, body, contentType: 'application/json' };
      world.script.weather((entry) =>
        entry.operation === 'token' && JSON.stringify(entry.body).includes(url) ? token : undefined,
      );
      return {};
    },
  ],
};

describe.each(Object.entries(places))('%s (P7, P9)', (_name, [cloud, lead]) => {
  const mine = Object.keys(places).indexOf(_name);
  const some = Object.entries(tlsFailures).filter((_, index) => isRun(mine, index));

  it.each(some)(
    'with %s: nothing is sent there, red in time, with the problem and a hint',
    (_, { start, says, trusted }) =>
      inWorld(cloud.world, (world) =>
        withServer(world, start(), async (url) => {
          const own = await readFile(world.env['NODE_EXTRA_CA_CERTS'] ?? '/dev/null', 'utf8');
          const path = join(folder, 'trusted.pem');
          await writeFile(path, [own, trusted?.cert ?? ''].join('\n'));
          const { env, inputs } = lead(world, url);
          const result = await cloud.step(
            world,
            { ...cloud.byNames, timeout: '1m', ...inputs },
            { env: { ...env, NODE_EXTRA_CA_CERTS: path } },
          );
          expectClearlyRed(result);
          expectBounded(result);
          expect(errors(result)).toMatch(says);
          expect(errors(result)).toMatch(/NODE_EXTRA_CA_CERTS|network/u);
          expect(cloud.changes(world)).toBe(0);
        }),
      ),
  );
});
