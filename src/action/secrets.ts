import { setSecret } from '@actions/core';
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
 * The step that brought secrets of the environment masked them; where it did not, they are masked from here on.
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

/**
 * Finds a secret as it is, as an address, JSON or HTML would write it, in hexadecimal digits, and in the middle of
 * something longer that was written in base64, whichever alphabet that takes.
 */
function formsOf(secret: string): RegExp {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const written = secret.replaceAll(/./gsu, anyWriting);
  const encoded = [0, 1, 2].flatMap((offset) => inBase64(bytes, offset)).map(literally);
  return new RegExp([...new Set([written, hex, hex.toUpperCase(), ...encoded])].join('|'), 'gu');
}

/** All that does not depend on what stands around it, if so many bytes stand before it in its group of three. */
function inBase64(bytes: Buffer, offset: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor((whole.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((alphabet) => whole.toString(alphabet).slice(first, end));
}

const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** One character, in every way in which others write it. */
function anyWriting(character: string): string {
  if (/[A-Za-z0-9]/u.test(character)) return character;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  const percent = [...Buffer.from(character)].map((byte) => `%${insensitive(byte.toString(16).padStart(2, '0'))}`);
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index).toString(16));
  const json = JSON.stringify(character).slice(1, -1);
  const ways = [
    literally(character),
    percent.join(''),
    units.map((unit) => `\\\\u${insensitive(unit.padStart(4, '0'))}`).join(''),
    ...(json === character ? [] : [literally(json)]),
    ...(character === '/' ? ['\\\\/'] : []),
    ...(character === ' ' ? ['\\+'] : []),
    `&#0*${Number.parseInt(code, 16)};`,
    `&#[xX]0*${insensitive(code)};`,
    ...(names[character] === undefined ? [] : [`&${names[character]};`]),
  ];
  return `(?:${ways.join('|')})`;
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}

/** Hexadecimal digits in either letter case. */
function insensitive(digits: string): string {
  return digits.replaceAll(/[a-f]/gu, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
