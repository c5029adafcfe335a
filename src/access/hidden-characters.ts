/** What turns the text around it, so that people read another one than machines. Source: Unicode Standard Annex 9. */
const turning = /\p{Bidi_Control}/v;
/** What a terminal obeys. */
const controlling = /[\p{Cc}--[\t\n\r]]/v;
/** What nobody sees, but for what chooses or joins the letters and pictures before it. Source: Unicode Standard Annex 44. */
const invisible =
  /(?<=[\x21-\x7e]|^)[\u200c\u200d]|[\p{Default_Ignorable_Code_Point}--[\u200c\u200d\p{Variation_Selector}]]|[\u2800\ufff9-\ufffb]/v;

/**
 * What is wrong with a text that its readers could not see as it is, `null` where nothing is. A name may have what nobody
 * sees, if it has it in the cloud too; the log shows it.
 */
export function hiddenIn(text: string, isName: boolean): string | null {
  const turned = turning.exec(text)?.[0];
  if (turned !== undefined) return `has ${codeOf(turned)}, which makes people read it in another order than it has`;
  if (isName) return null;
  const control = controlling.exec(text)?.[0];
  if (control !== undefined) return `has ${codeOf(control)}, a control character`;
  const unseen = invisible.exec(text)?.[0];
  return unseen === undefined ? null : `has ${codeOf(unseen)}, which cannot be seen`;
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
