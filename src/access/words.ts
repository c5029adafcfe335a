/** `0.8 s`, `12 s`, `3 min 5 s`: a duration for a person, from milliseconds. */
export function seconds(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  if (whole < 120) return `${whole} s`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/** `two words` as `Two words`. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text with a full stop at its end, which a cloud's own may lack. */
export function sentence(text: string): string {
  return /[.!?:]$/u.test(text) ? text : `${text}.`;
}

/** A text, and what is to be said besides, if anything. */
export function withMore(text: string, more: string): string {
  return more === '' ? text : `${sentence(text)} ${more}`;
}

/** A noun with its indefinite article. */
export function withArticle(noun: string): string {
  return /^[aeio]/iu.test(noun) ? `an ${noun}` : `a ${noun}`;
}

/** `1 grant`, `2 grants`. */
export function several(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `one`, `one and two`, `one, two and three`. */
export function enumerated(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** A list that a person can read: the first `most` of them and how many more there are. */
export function listed(items: readonly string[], most: number): string {
  const more = items.length - most;
  const shown = items.slice(0, most).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
