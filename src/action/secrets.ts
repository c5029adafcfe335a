import { setSecret } from '@actions/core';
import { formsOf } from './secret-forms.ts';
import { variableOf } from './inputs/values.ts';

/** The secrets that this process has held, and what finds each. A cloud's error may quote the very request that carried one. */
const secrets = new Map<string, RegExp>();

/** Replacing shorter texts would tear ids and JSON apart; tokens and keys are longer. */
const shortestReplaced = 8;

/**
 * Keeps a secret out of everything that leaves the process: by the runner's mask in the log, by us everywhere else. What
 * encodings the runner itself looks for, actions/runner, HostContext.cs says: base64 in three alignments, JSON, URI, XML.
 */
export function mask(secret: string): void {
  if (secret === '') return;
  setSecret(secret);
  // What lies on several lines may be quoted line by line.
  for (const line of new Set([secret, ...secret.split(/\s*\n\s*/u)]))
    if (line.length >= shortestReplaced) secrets.set(line, formsOf(line));
}

/** A text without any secret that was masked, however it is written. */
export function redact(text: string): string {
  let clean = text;
  const longestFirst = [...secrets].sort(([a], [b]) => b.length - a.length);
  for (const [, forms] of longestFirst) clean = clean.replaceAll(forms, '***');
  return clean;
}

/**
 * Secrets of the environment were masked by whoever brought them; where not, they are from here on.
 *
 * @param names variables in which the clouds' own tools keep secrets
 */
export function maskEnvironment(variables: ReadonlyMap<string, string>, names: readonly string[]): void {
  for (const name of ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', variableOf('github-token'), ...names]) {
    const secret = variables.get(name);
    // Inputs are trimmed where they are read: what is used is what must not be seen.
    if (secret !== undefined) mask(secret.trim());
  }
  for (const [name, value] of variables) {
    const proxy = /^(?:https?|all)_proxy$/iu.test(name) ? URL.parse(value) : null;
    if (proxy === null || proxy.password === '') continue;
    const password = percentDecoded(proxy.password);
    mask(proxy.password);
    mask(password);
    // What Node sends to the proxy, and prints with NODE_DEBUG.
    mask(Buffer.from(`${percentDecoded(proxy.username)}:${password}`).toString('base64'));
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
