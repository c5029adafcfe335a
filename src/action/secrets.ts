import { setSecret } from '@actions/core';
import { variableOf } from './inputs/values.ts';

/** The secrets that this process has held. A cloud's error may quote the very request that carried one. */
const secrets = new Set<string>();

/** Replacing shorter texts would tear ids and JSON apart; tokens and keys are longer. */
const shortestReplaced = 8;

/** Keeps a secret out of everything that leaves the process: by the runner's mask in the log, by us everywhere else. */
export function mask(secret: string): void {
  if (secret === '') return;
  setSecret(secret);
  for (const form of formsOf(secret)) if (form.length >= shortestReplaced) secrets.add(form);
}

/** As it is, in an address, and in the JSON of results and plans. */
function formsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** A text without any secret that was masked. */
export function redact(text: string): string {
  let clean = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, '***');
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
    const password = /^(?:https?|all)_proxy$/iu.test(name) ? URL.parse(value)?.password : undefined;
    if (password === undefined) continue;
    mask(password);
    mask(percentDecoded(password));
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
