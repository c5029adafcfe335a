import {
  controlCharacter,
  hasByteOrderMark,
  notUtf8,
  tooLargeFile,
  turningCharacter,
} from '../messages/access-files.ts';
import { maxFileBytes } from './grammar.ts';

/** The text of a file, or what is wrong with it, where that is known. */
export type SourceText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly text: string; readonly at: number };

/** Reads bytes as UTF-8 text that people see as it is. */
export function readSource(bytes: Uint8Array): SourceText {
  if (bytes.length > maxFileBytes) return { ok: false, problem: tooLargeFile, text: '', at: 0 };
  const text = decoded(bytes);
  if (text === null) return { ok: false, problem: notUtf8, text: '', at: 0 };
  if (text.startsWith('\ufeff')) return { ok: false, problem: hasByteOrderMark, text, at: 0 };
  const control = controlling.exec(text);
  if (control !== null) return { ok: false, problem: controlCharacter, text, at: control.index };
  const turned = /\p{Bidi_Control}/u.exec(text);
  return turned === null ? { ok: true, text } : { ok: false, problem: turningCharacter, text, at: turned.index };
}

/** Control characters, and carriage returns that end a line for some readers only. */
const controlling = /[\p{Cc}--[\t\n\r]]|\r(?!\n)/v;

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
