import { withoutEntities } from '../entities.ts';
import { uriForm } from './masks.ts';

/** Something that left the process, and what to call it. */
export interface Channel {
  readonly name: string;
  readonly text: string;
}

/**
 * Names the channels in which a secret appears: as it is, in base64 or base64url from any start, in hex, URL- or
 * JSON-encoded; each of them also with entities in it, as a page of HTML has text.
 */
export function findLeaks(channels: readonly Channel[], secrets: readonly string[]): string[] {
  const found: string[] = [];
  const texts = channels.map(({ name, text }) => ({ name, forms: new Set([text, withoutEntities(text)]) }));
  for (const [index, secret] of secrets.entries()) {
    if (secret === '') continue;
    for (const { form, needle } of needles(secret))
      for (const { name, forms } of texts)
        if ([...forms].some((text) => text.includes(needle)))
          found.push(`${name}: secret ${index} (${secret.slice(0, 4)}…) ${form}`);
  }
  return [...new Set(found)];
}

interface Needle {
  readonly form: string;
  readonly needle: string;
}

function needles(secret: string): readonly Needle[] {
  const list: Needle[] = [
    { form: 'as it is', needle: secret },
    { form: 'URL-encoded', needle: uriForm(secret) },
    { form: 'JSON-encoded', needle: JSON.stringify(secret).slice(1, -1) },
    { form: 'in hex', needle: Buffer.from(secret).toString('hex') },
  ];
  for (const shift of [0, 1, 2])
    for (const encoding of ['base64', 'base64url'] as const)
      list.push({ form: `in ${encoding}, alignment ${shift}`, needle: aligned(secret, shift, encoding) });
  return list.filter(
    ({ needle }, index) => needle !== '' && list.findIndex((other) => other.needle === needle) === index,
  );
}

/** The characters of a base64 text that depend only on the secret, after `shift` other bytes. */
function aligned(secret: string, shift: number, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString(encoding).slice(Math.ceil((shift * 8) / 6), whole);
}
