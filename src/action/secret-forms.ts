/**
 * Finds a secret as it is, as an address, JSON or HTML would write it, in hexadecimal digits, and in the middle of
 * something longer that was written in base64, whichever alphabet that takes.
 */
export function formsOf(secret: string): RegExp {
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
