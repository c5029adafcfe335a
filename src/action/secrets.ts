import { setSecret } from '@actions/core';

/** The secrets that this process has held. A cloud's error may quote the very request that carried one. */
const secrets = new Set<string>();

/** Keeps a secret out of everything that leaves the process: by the runner's mask in the log, by us everywhere else. */
export function mask(secret: string): void {
  if (secret === '') return;
  setSecret(secret);
  secrets.add(secret);
  secrets.add(encodeURIComponent(secret));
}

/** A text without any secret that was masked. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '***');
  return clean;
}
