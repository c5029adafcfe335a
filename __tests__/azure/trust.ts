import { setDefaultCACertificates } from 'node:tls';

let trusted = '';

/** From now on this process trusts the servers of the rehearsal, and no others: it reads one certificate instead of all that Node has. */
export function trustOnly(ca: string): void {
  if (ca !== trusted) setDefaultCACertificates([ca]);
  trusted = ca;
}
