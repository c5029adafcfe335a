// Makes the keys and certificates of the rehearsal once for all files of tests, each of which would make its own.
import { certificates, certificatesVariable } from '../rehearsal/azure/tls.ts';
import { issuerKey, keyVariable } from '../rehearsal/github/issuer.ts';

export default async function makeKeys() {
  process.env[keyVariable] = issuerKey().export({ type: 'pkcs8', format: 'pem' });
  process.env[certificatesVariable] = JSON.stringify(await certificates());
}
