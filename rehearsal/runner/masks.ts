/** Replaces secrets in a runner's output. */
export interface Masker {
  add(value: string): void;
  apply(text: string): string;
  readonly values: readonly string[];
}

/**
 * Masks a value, each of its lines, and their encoded forms: base64 in three alignments, JSON, URI and XML
 * [runner:HostContext.cs, ActionCommandManager.cs].
 */
export function makeMasker(): Masker {
  const values: string[] = [];
  const needles = new Set<string>();
  return {
    values,
    add: (value) => {
      if (value.trim() === '') return;
      values.push(value);
      for (const part of new Set([value, ...value.split(/\r\n|\r|\n/)]))
        for (const form of encodedForms(part)) if (form !== '') needles.add(form);
    },
    apply: (text) =>
      [...needles]
        .sort((one, other) => other.length - one.length)
        .reduce((result, needle) => result.replaceAll(needle, '***'), text),
  };
}

/** In the form of .NET's SecurityElement.Escape, which the runner uses. */
const xmlNames: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function encodedForms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((shift) => bytes.subarray(shift).toString('base64'));
  const xml = value.replace(/[&<>"']/g, (character) => xmlNames[character] ?? character);
  return [value, ...base64, JSON.stringify(value).slice(1, -1), uriForm(value), xml];
}

/** Lone surrogates cannot be written as a URI; then there is no such form. */
export function uriForm(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}
