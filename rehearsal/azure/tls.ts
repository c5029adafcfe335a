import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { wellKnownHosts } from './environments.ts';

/** Certificate of the servers of the Azure double, and its authority. */
export interface Certificates {
  readonly key: string;
  readonly cert: string;
  /** PEM of the authority that a client has to trust. */
  readonly ca: string;
}

const DAY_MS = 86_400_000;

/** Environment variable with certificates as JSON, for many processes that would make them each. */
export const certificatesVariable = 'REHEARSAL_CERTIFICATES';

let made: Promise<Certificates> | undefined;

/** Throw-away certificates, made once per process; valid in real time, since TLS goes by that. */
export function certificates(): Promise<Certificates> {
  const given = process.env[certificatesVariable];
  made ??= given === undefined ? make() : Promise.resolve(JSON.parse(given) as Certificates);
  return made;
}

async function make(): Promise<Certificates> {
  const { generate } = await import('selfsigned');
  const common = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 30 * DAY_MS),
    notAfterDate: new Date(Date.now() + 365 * DAY_MS),
  } as const;
  // A client that trusts several distinguishes them by their names.
  const ca = await generate([{ name: 'commonName', value: `Rehearsal ${randomUUID()}` }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'Rehearsal' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          ...['localhost', ...wellKnownHosts.keys()].map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  });
  return { key: leaf.private, cert: leaf.cert, ca: ca.cert };
}

export interface TrustFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Puts the authority into a file of its own, for NODE_EXTRA_CA_CERTS. */
export async function writeTrust({ ca }: Certificates): Promise<TrustFile> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rehearsal-ca-')));
  const path = join(folder, 'ca.pem');
  await writeFile(path, ca);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
